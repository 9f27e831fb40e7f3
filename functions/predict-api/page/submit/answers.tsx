import { useClasses, useDataSet } from '../data-set.tsx';
import { count, countItems, isolated, pluralize } from '../format.ts';
import { Confidence, Ranking, useListShape } from '../ui/class-label.tsx';
import { Card, Empty } from '../ui/parts.tsx';
import { cellText } from '../ui/text-in.ts';
import { AnswerLabel, UnlikeNote } from '../ui/unlike.tsx';
import { Why } from '../ui/why.tsx';
import type { SubmittedAnswer } from './submit-items.ts';

const maxShown = 100;

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** What the model says, as it comes. */
export function Answers({
  answers,
  progress,
}: {
  readonly answers: readonly SubmittedAnswer[];
  readonly progress: Progress | undefined;
}) {
  const dataSet = useDataSet();
  const tally = useTally(answers);
  const hasTwoClasses = useClasses().length === 2;
  const shape = useListShape();
  const withTruth = answers.filter(({ truth }) => truth);
  const right = withTruth.filter(({ truth, prediction }) => truth === prediction).length;
  return (
    <Card title="Answers">
      {progress && progress.total > 1 ? (
        <label>
          {count(progress.done)} of {countItems(dataSet, progress.total)}
          <progress max={progress.total} value={progress.done} />
        </label>
      ) : null}
      <p role="status" class="muted">
        {answers.length > 0
          ? `${pluralize(answers.length, 'answer')}, ${tally}.${withTruth.length > 0 ? ` ${count(right)} of ${count(withTruth.length)} right.` : ''}`
          : ''}
      </p>
      {answers.length === 0 ? (
        <Empty>Ask about one {dataSet.item}, and the answer appears here.</Empty>
      ) : null}
      <ol {...shape} class={`${shape.class} answer-list`}>
        {answers.slice(0, maxShown).map(answer => (
          <li key={`${answer.created} ${answer.subject}`}>
            <span class="subject">
              <bdi>{answer.subject}</bdi>
              <UnlikeNote {...answer} />
            </span>
            <AnswerLabel {...answer} />
            {hasTwoClasses ? <Confidence {...answer} /> : null}
            {answer.truth && answer.truth !== answer.prediction ? (
              <span class="wrong">really {answer.truth}</span>
            ) : null}
            {hasTwoClasses ? null : <Ranking {...answer} />}
            <Why
              batchId={answer.batch_id}
              subject={answer.subject}
              textOf={column => cellText(answer[column])}
            />
          </li>
        ))}
      </ol>
      {answers.length > maxShown ? <p class="muted">and {count(answers.length - maxShown)} more.</p> : null}
      {answers.length > 0 ? (
        <p class="muted">
          Was one of them wrong? <a href="#/review">Say so</a>, and the model learns it.
        </p>
      ) : null}
    </Card>
  );
}

const maxTallied = 5;

/** How many answers name each class. */
function useTally(answers: readonly SubmittedAnswer[]): string {
  const byName = Map.groupBy(answers, ({ prediction }) => prediction);
  const named = useClasses().filter(name => byName.has(name));
  const tallied = named
    .slice(0, maxTallied)
    .map(name => `${count(byName.get(name)?.length ?? 0)} ${quoted(name)}`);
  const rest = named.length - tallied.length;
  return [...tallied, ...(rest > 0 ? [`${rest} more classes`] : [])].join(', ');
}

/** Beside a count, a class that is called by a number needs a sign that it is none. */
function quoted(name: string): string {
  return /^\d/.test(name) ? `× “${name}”` : isolated(name);
}
