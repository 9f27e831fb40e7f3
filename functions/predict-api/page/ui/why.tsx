import type { AnswerTo } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { confidence, count, percent } from '../format.ts';
import { useLoad } from '../use-load.ts';
import { Failure, Loading } from './parts.tsx';

type Explanation = AnswerTo<'/batches/id/explanation'>;

interface Asked {
  readonly batchId: string;
  readonly subject: string;
  /** The value in a column, as people write it. */
  readonly textOf: (column: string) => string;
}

/** The reasons for a stored answer, which are asked for when somebody wants to see them. */
export function Why(asked: Asked) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="why" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        Why?<span class="unseen"> The reasons for {asked.subject}</span>
      </summary>
      {isOpen ? <Reasons {...asked} /> : null}
    </details>
  );
}

function Reasons({ batchId, subject, textOf }: Asked) {
  const address = `/batches/${batchId}/explanation?subject=${encodeURIComponent(subject)}` as const;
  const { data, error } = useLoad(address);
  if (!data) return error ? <Failure message={error} /> : <Loading />;
  return <Contributions explanation={data} textOf={textOf} />;
}

const mostShown = 10;

interface Part {
  readonly column: string;
  readonly name: string;
  readonly value: string;
  readonly points: number;
}

/** What each feature adds or takes, the strongest first: bars to look at, and the same as a table to listen to. */
function Contributions({
  explanation: { base, contributions, explains },
  textOf,
}: {
  readonly explanation: Explanation;
  readonly textOf: Asked['textOf'];
}) {
  const { features, items } = useDataSet();
  const parts = features
    .map(
      ({ column, name }): Part => ({
        column,
        name,
        value: textOf(column),
        points: contributions[column] ?? 0,
      }),
    )
    .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const rest = parts.slice(mostShown);
  const restPoints = rest.reduce((sum, { points }) => sum + points, 0);
  const shown = [
    ...parts.slice(0, mostShown),
    ...(rest.length > 0
      ? [{ column: '', name: `${count(rest.length)} others`, value: '', points: restPoints }]
      : []),
  ];
  const largest = Math.max(...shown.map(({ points }) => Math.abs(points)), 1e-9);
  const total = parts.reduce((sum, { points }) => sum + points, base);
  return (
    <table class="reasons">
      <caption>
        How probable is <bdi>“{explains}”</bdi>? {percent(base)} on average of known {items}, and{' '}
        {confidence(total)} here, by what each value adds or takes:
      </caption>
      <thead class="unseen">
        <tr>
          <th scope="col">Value</th>
          <th scope="col">Adds or takes, in points of a hundred</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(({ column, name, value, points }) => (
          <tr key={column}>
            <th scope="row">
              <bdi>{name}</bdi>{' '}
              {value ? (
                <small>
                  <bdi>{value}</bdi>
                </small>
              ) : null}
            </th>
            <td>
              <span class="reason">
                <span
                  class={`bar ${points < 0 ? 'takes' : 'adds'}`}
                  style={`--part: ${Math.abs(points) / largest}`}
                  aria-hidden="true"
                />
                <span class="number">{signed(points)}</span>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `+12.3`, `−4.0`, and what is next to nothing without a sign. */
function signed(points: number): string {
  const text = (Math.abs(points) * 100).toFixed(1);
  if (text === '0.0') return text;
  return `${points < 0 ? '−' : '+'}${text}`;
}
