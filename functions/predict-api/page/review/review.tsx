import type { ReviewNote } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { messageOf } from '../api.ts';
import { counted } from '../format.ts';
import { Choice } from '../ui/choice.tsx';
import { Card, Empty, Failure } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { useStored } from '../use-stored.ts';
import { keyOf, type Mark, noMarks, saveMarks, undone, withMark } from './marks.ts';
import { Receipts } from './receipts.tsx';
import { ReviewList } from './review-list.tsx';
import { useFresh } from './use-fresh.ts';
import { useKeys } from './use-keys.ts';

const none: readonly ReviewNote[] = [];
const orders = { newest: 'newest', uncertain: 'least certain' } as const;

export function Review() {
  const [order, setOrder] = useState<keyof typeof orders>('newest');
  const { data, error, reload } = useLoad(`/review?order=${order}`);
  const [marks, setMarks] = useState(noMarks);
  const [current, setCurrent] = useState(0);
  const [reviewer, setReviewer] = useStored('reviewer');
  const [saved, setSaved] = useState<readonly string[]>([]);
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const [failure, setFailure] = useState<string>();

  const listed = data?.notes ?? none;
  const notes = listed.filter(note => !done.has(keyOf(note)));
  const [hasFresh, showFresh] = useFresh(listed, reload);
  const mark = (note: ReviewNote | undefined, how: Mark): void => {
    if (!note) return;
    setMarks(before => withMark(before, note, how));
    setCurrent(Math.min(notes.indexOf(note) + 1, notes.length - 1));
  };
  const save = async (): Promise<void> => {
    if (marks.byNote.size === 0) return;
    setFailure(undefined);
    try {
      const batches = await saveMarks(marks, reviewer);
      setSaved(before => [...new Set([...batches, ...before])]);
      setDone(before => new Set([...before, ...marks.byNote.keys()]));
      setMarks(noMarks);
      setCurrent(0);
    } catch (problem) {
      setFailure(messageOf(problem));
    }
  };
  useKeys({
    j: () => setCurrent(Math.min(current + 1, notes.length - 1)),
    k: () => setCurrent(Math.max(current - 1, 0)),
    y: () => mark(notes[current], 1),
    n: () => mark(notes[current], 0),
    u: () => setMarks(undone),
    s: () => void save(),
  });

  return (
    <div class="columns review">
      <Card
        title="Was the model right?"
        aside={<Choice legend="Which first" value={order} options={orders} onChange={setOrder} />}
      >
        <p class="keys muted">
          <kbd>j</kbd> <kbd>k</kbd> move, <kbd>y</kbd> right, <kbd>n</kbd> wrong, <kbd>u</kbd> undo,{' '}
          <kbd>s</kbd> save
        </p>
        <Failure message={error ?? failure} />
        {hasFresh ? (
          <button type="button" class="fresh" onClick={showFresh}>
            New notes have come: show them
          </button>
        ) : null}
        {data && notes.length === 0 ? (
          <Empty>
            Every note has been rated. <a href="#/">Submit some</a>, and they appear here.
          </Empty>
        ) : null}
        <ReviewList notes={notes} marks={marks} current={current} onCurrent={setCurrent} onMark={mark} />
        <div class="save-bar">
          <label>
            Your name
            <input
              value={reviewer}
              maxLength={200}
              autocomplete="name"
              onInput={event => setReviewer(event.currentTarget.value)}
            />
          </label>
          <button type="button" disabled={marks.steps.length === 0} onClick={() => setMarks(undone)}>
            Undo
          </button>
          <button
            type="button"
            class="primary"
            disabled={marks.byNote.size === 0}
            onClick={() => void save()}
          >
            Save {marks.byNote.size > 0 ? counted(marks.byNote.size, 'rating') : 'ratings'}
          </button>
        </div>
      </Card>
      <Receipts batches={saved} />
    </div>
  );
}
