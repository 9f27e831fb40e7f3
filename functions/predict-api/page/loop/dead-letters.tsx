import type { DeadLetterAnswer } from '@banknote-loop/shared/contract';
import { count, dayAndTime, pluralize } from '../format.ts';
import { ReasonAgainst, useReasonAgainst } from '../session.tsx';
import { Card, Failure } from '../ui/parts.tsx';
import type { Loaded } from '../use-load.ts';
import { type Cause, causesOf } from './causes.ts';
import { useReplay } from './use-replay.ts';

/** The messages that could not be processed, by what was wrong with them, and the way back; nothing where there are none. */
export function DeadLetters({
  data,
  error,
  reload,
}: Loaded<{ readonly dead_letters: readonly DeadLetterAnswer[]; readonly more: boolean }>) {
  const { replay, notice, failure, start, stop } = useReplay(reload);
  const mayReplay = useReasonAgainst('models:manage') === undefined;
  const letters = data?.dead_letters ?? [];
  if (letters.length === 0 && !error && !failure && !notice) return null;
  return (
    <Card title={letters.length > 0 ? pluralize(letters.length, 'dead letter') : 'No dead letters'}>
      <p role="status" class="muted">
        {notice}
      </p>
      <Failure message={error ?? failure} />
      {letters.length > 0 ? <ReasonAgainst scope="models:manage" /> : null}
      {replay ? (
        <label>
          {count(replay.done)} of {count(replay.total)} published again
          <progress max={replay.total} value={replay.done} />
          <button type="button" onClick={stop}>
            Stop
          </button>
        </label>
      ) : null}
      {data?.more ? (
        <p class="muted">There are others beside these, which come when these are gone.</p>
      ) : null}
      <ul class="plain-list dead-letters">
        {causesOf(letters).map(cause => (
          <CauseItem
            key={cause.key}
            cause={cause}
            isBusy={replay !== undefined || !mayReplay}
            onReplay={() => void start(cause)}
          />
        ))}
      </ul>
    </Card>
  );
}

interface ItemProps {
  readonly cause: Cause;
  readonly isBusy: boolean;
  readonly onReplay: () => void;
}

const mostListed = 50;

function CauseItem({ cause, isBusy, onReplay }: ItemProps) {
  const { function: name, reason, field, letters } = cause;
  const [newest] = letters;
  const isOne = letters.length === 1;
  return (
    <li>
      <div>
        <b>{name}</b>{' '}
        <span class="muted">
          {isOne ? '' : `${pluralize(letters.length, 'message')}, the newest `}
          {newest ? `${dayAndTime(newest.arrived)}, attempt ${newest.attempts}` : ''}
        </span>
        <p>
          {field ? <code>{field}</code> : null} <bdi>{reason}</bdi>
        </p>
        {isOne ? null : (
          <details>
            <summary>Each of them</summary>
            <ul>
              {letters.slice(0, mostListed).map(letter => (
                <li key={letter.id}>
                  <span class="muted">{dayAndTime(letter.arrived)}</span> <bdi>{letter.reason}</bdi>
                </li>
              ))}
            </ul>
            {letters.length > mostListed ? (
              <p class="muted">and {count(letters.length - mostListed)} more.</p>
            ) : null}
          </details>
        )}
      </div>
      <button type="button" class="replay" disabled={isBusy} onClick={onReplay}>
        {isOne ? 'Replay' : `Replay all ${count(letters.length)}`}
        <span class="unseen">
          : {name}, {reason}
        </span>
      </button>
    </li>
  );
}
