import type { DeadLetterAnswer } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { call, messageOf } from '../api.ts';
import { dayAndTime } from '../format.ts';
import { ReasonAgainst, useReasonAgainst } from '../session.tsx';
import { Card, Empty, Failure } from '../ui/parts.tsx';
import type { Loaded } from '../use-load.ts';

/** The messages that could not be processed, and the way back for each. */
export function DeadLetters({ data, error, reload }: Loaded<{ dead_letters: readonly DeadLetterAnswer[] }>) {
  const [busy, setBusy] = useState<string>();
  const [notice, setNotice] = useState('');
  const [failure, setFailure] = useState<string>();
  const mayReplay = useReasonAgainst('models:manage') === undefined;
  const replay = async (id: string): Promise<void> => {
    setBusy(id);
    setFailure(undefined);
    try {
      await call('POST', `/dead-letters/${id}/replay`);
      setNotice(`Message ${id} has been published again.`);
      reload();
    } catch (problem) {
      setFailure(messageOf(problem));
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <Card title="Dead letters">
      <p role="status" class="muted">
        {notice}
      </p>
      <Failure message={error ?? failure} />
      {data?.dead_letters.length ? <ReasonAgainst scope="models:manage" /> : null}
      {data?.dead_letters.length === 0 ? (
        <Empty>None: every message has been processed, or still is.</Empty>
      ) : null}
      <ul class="plain-list dead-letters">
        {data?.dead_letters.map(({ id, function: name, reason, field, attempts, arrived }) => (
          <li key={id}>
            <div>
              <b>{name}</b>{' '}
              <span class="muted">
                {dayAndTime(arrived)}, attempt {attempts}
              </span>
              <p>
                {field ? <code>{field}</code> : null} {reason}
              </p>
            </div>
            <button type="button" disabled={busy !== undefined || !mayReplay} onClick={() => void replay(id)}>
              Replay<span class="unseen"> message {id}</span>
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
