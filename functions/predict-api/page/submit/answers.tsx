import { count, pluralize } from '../format.ts';
import { Card, Confidence, Empty, PredictionLabel } from '../ui/parts.tsx';
import type { AnsweredNote } from './submit-notes.ts';

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
  readonly answers: readonly AnsweredNote[];
  readonly progress: Progress | undefined;
}) {
  const fakes = answers.filter(({ prediction }) => prediction === 'fake').length;
  const withTruth = answers.filter(({ truth }) => truth);
  const right = withTruth.filter(({ truth, prediction }) => truth === prediction).length;
  return (
    <Card title="Answers">
      {progress && progress.total > 1 ? (
        <label>
          {count(progress.done)} of {pluralize(progress.total, 'note')}
          <progress max={progress.total} value={progress.done} />
        </label>
      ) : null}
      <p role="status" class="muted">
        {answers.length > 0
          ? `${pluralize(answers.length, 'answer')}, ${count(fakes)} fake.${withTruth.length > 0 ? ` ${count(right)} of ${count(withTruth.length)} right.` : ''}`
          : ''}
      </p>
      {answers.length === 0 ? <Empty>Ask about a note, and the answer appears here.</Empty> : null}
      <ol class="plain-list note-list answer-list">
        {answers.slice(0, maxShown).map(answer => (
          <li key={`${answer.created} ${answer.subject}`}>
            <span class="subject">{answer.subject}</span>
            <PredictionLabel label={answer.prediction} />
            <Confidence score={answer.score} />
            {answer.truth && answer.truth !== answer.prediction ? (
              <span class="wrong">really {answer.truth}</span>
            ) : null}
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
