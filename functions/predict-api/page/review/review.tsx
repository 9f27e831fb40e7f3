import { Choice } from '../ui/choice.tsx';
import { Card, Empty, Failure } from '../ui/parts.tsx';
import { Receipts } from './receipts.tsx';
import { ReviewList } from './review-list.tsx';
import { SaveBar } from './save-bar.tsx';
import { orders, useReview } from './use-review.ts';
import { useShortcuts } from './use-shortcuts.ts';

export function Review() {
  const review = useReview();
  const { order, setOrder, current, moveTo, rateCurrent, undo } = review;
  const save = (): void => void review.save();
  useShortcuts({
    j: () => moveTo(current + 1),
    k: () => moveTo(current - 1),
    y: () => rateCurrent(1),
    n: () => rateCurrent(0),
    u: undo,
    s: save,
  });
  return (
    <div class="columns review">
      <Card
        title="Was the model right?"
        aside={<Choice legend="Which first" value={order} options={orders} onChange={setOrder} />}
      >
        <Shortcuts />
        <Failure message={review.error} />
        {review.hasNew ? <NewNotes onShow={review.reload} /> : null}
        {review.isEmpty ? <NothingToRate /> : null}
        <ReviewList {...review} onCurrent={moveTo} onRate={review.rate} />
        <SaveBar {...review} onUndo={undo} onSave={save} />
      </Card>
      <Receipts batches={review.batches} />
    </div>
  );
}

function Shortcuts() {
  return (
    <p class="shortcuts muted">
      <kbd>j</kbd> <kbd>k</kbd> move, <kbd>y</kbd> right, <kbd>n</kbd> wrong, <kbd>u</kbd> undo, <kbd>s</kbd>{' '}
      save
    </p>
  );
}

function NewNotes({ onShow }: { readonly onShow: () => void }) {
  return (
    <button type="button" class="new-notes" onClick={onShow}>
      New notes have come: show them
    </button>
  );
}

function NothingToRate() {
  return (
    <Empty>
      Every note has been rated. <a href="#/">Submit some</a>, and they appear here.
    </Empty>
  );
}
