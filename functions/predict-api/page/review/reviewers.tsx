import type { ReviewerAnswer } from '@banknote-loop/shared/contract';
import { count, percent } from '../format.ts';
import { Card, Failure } from '../ui/parts.tsx';
import { Scroll } from '../ui/scroll.tsx';
import { useLoad } from '../use-load.ts';

/** How far each reviewer's labels agree with known rows and with other reviewers. */
export function Reviewers() {
  const { data, error } = useLoad('/reviewers', { on: ['model'] });
  if (!error && !data?.reviewers.length) return null;
  return (
    <Card title="Reviewers">
      <Failure message={error} />
      <Agreement reviewers={data?.reviewers ?? []} />
      <Scroll label="Reviewers">
        <table class="stacks">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" class="number">
                Labels
              </th>
              <th scope="col" class="number">
                Set aside
              </th>
              <th scope="col" class="number">
                Others agree
              </th>
              <th scope="col" class="number">
                Taken for right
              </th>
            </tr>
          </thead>
          <tbody>
            {data?.reviewers.map(one => (
              <Reviewer key={one.reviewer ?? ''} {...one} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  );
}

/** How often people say the same of one item. */
function Agreement({ reviewers }: { readonly reviewers: readonly ReviewerAnswer[] }) {
  const shared = reviewers.reduce((sum, one) => sum + one.shared, 0);
  const agreeing = reviewers.reduce((sum, one) => sum + one.agreeing, 0);
  return (
    <p class="muted">
      {shared === 0
        ? 'No two have labelled the same yet.'
        : `Where two have labelled the same, they agree on ${percent(agreeing / shared)}.`}
    </p>
  );
}

function Reviewer({ reviewer, labels, set_aside, shared, agreeing, reliability }: ReviewerAnswer) {
  return (
    <tr>
      <th scope="row">
        <bdi>{reviewer ?? 'without a name'}</bdi>
      </th>
      <td class="number" data-name="labels">
        {count(labels)}
      </td>
      <td class="number" data-name="set aside">
        {count(set_aside)}
      </td>
      <td class="number" data-name="others agree">
        {shared === 0 ? '–' : `${count(agreeing)} of ${count(shared)}`}
      </td>
      <td class="number" data-name="taken for right">
        {percent(reliability)}
      </td>
    </tr>
  );
}
