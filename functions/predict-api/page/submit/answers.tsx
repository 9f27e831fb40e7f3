import { count, counted } from '../format.ts';
import { Card, Confidence, Empty, Verdict } from '../ui/parts.tsx';
import type { Answered } from './submit-notes.ts';

const shown = 100;

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** What the model says, as it comes. */
export function Answers({
  answers,
  progress,
}: {
  readonly answers: readonly Answered[];
  readonly progress: Progress | undefined;
}) {
  const fakes = answers.filter(({ prediction }) => prediction === 'fake').length;
  const known = answers.filter(({ truth }) => truth);
  const right = known.filter(({ truth, prediction }) => truth === prediction).length;
  return (
    <Card title="Answers" class="answers">
      {progress && progress.total > 1 ? (
        <label class="progress">
          {count(progress.done)} of {counted(progress.total, 'note')}
          <progress max={progress.total} value={progress.done} />
        </label>
      ) : null}
      <p role="status" class="muted">
        {answers.length > 0
          ? `${counted(answers.length, 'answer')}, ${count(fakes)} fake.${known.length > 0 ? ` ${count(right)} of ${count(known.length)} right.` : ''}`
          : ''}
      </p>
      {answers.length === 0 ? <Empty>Ask about a note, and the answer appears here.</Empty> : null}
      <ol class="answer-list">
        {answers.slice(0, shown).map(answer => (
          <li key={`${answer.created} ${answer.subject}`}>
            <span class="subject">{answer.subject}</span>
            <Verdict label={answer.prediction} />
            <Confidence score={answer.score} />
            {answer.truth && answer.truth !== answer.prediction ? (
              <span class="wrong">really {answer.truth}</span>
            ) : null}
          </li>
        ))}
      </ol>
      {answers.length > shown ? <p class="muted">and {count(answers.length - shown)} more.</p> : null}
      {answers.length > 0 ? (
        <p class="muted">
          Was one of them wrong? <a href="#/review">Say so</a>, and the model learns it.
        </p>
      ) : null}
    </Card>
  );
}
