import type { ReviewOrder } from '@banknote-loop/shared/contract';
import { useRef, useState } from 'preact/hooks';
import { useClasses, useDataSet } from '../data-set.tsx';
import { Choice } from '../ui/choice.tsx';
import { Card, Empty, Failure, Loading } from '../ui/parts.tsx';
import { classKeys } from './class-keys.ts';
import { keyOf, right, wrong } from './draft-ratings.ts';
import { KeyboardHelp } from './keyboard-help.tsx';
import { ReviewProgress } from './progress.tsx';
import { Receipts } from './receipts.tsx';
import { ReviewList } from './review-list.tsx';
import { Reviewers } from './reviewers.tsx';
import { SaveBar } from './save-bar.tsx';
import { orders, useReview } from './use-review.ts';
import { useShortcuts } from './use-shortcuts.ts';

export function Review() {
  const review = useReview();
  const { order, setOrder, current, moveTo, rateCurrent, nameCurrent } = review;
  const [needsHelp, setNeedsHelp] = useState(false);
  const classes = useClasses();
  const keys = classKeys(classes);
  const list = useRef<HTMLDivElement>(null);
  // Of more than two classes, "wrong" asks on: which one is it?
  const askWhich = (): void => {
    const item = review.items[current];
    if (item && review.drafts.byItem.get(keyOf(item))?.mark.rating !== 0) review.mark(item, wrong);
    list.current?.querySelector<HTMLSelectElement>('.current select')?.focus();
  };
  const toggleWhy = (): void => list.current?.querySelector<HTMLElement>('.current .why > summary')?.click();
  const undo = (): void => void review.undo();
  const save = (): void => void review.save();
  useShortcuts({
    j: () => moveTo(current + 1),
    k: () => moveTo(current - 1),
    y: () => rateCurrent(() => right),
    n: classes.length === 2 ? () => rateCurrent(() => wrong) : askWhich,
    u: undo,
    s: save,
    w: toggleWhy,
    '?': () => setNeedsHelp(true),
    ...Object.fromEntries([...keys].map(([key, name]) => [key, () => nameCurrent(name)])),
  });
  return (
    <div class="columns review">
      <Card
        title="Was the model right?"
        aside={<Choice legend="Which first" value={order} options={orders} onChange={setOrder} />}
      >
        <Shortcuts keys={keys} onHelp={() => setNeedsHelp(true)} />
        <ReviewProgress rated={review.rated} progress={review.progress} />
        <Failure message={review.error} />
        {review.hasNew ? <NewItems onShow={review.restart} /> : null}
        {review.isLoading ? <Loading /> : null}
        {review.isEmpty ? <NothingToRate order={order} /> : null}
        <div ref={list}>
          <ReviewList {...review} onCurrent={moveTo} onRate={review.rate} onMark={review.mark} />
        </div>
        <SaveBar {...review} onUndo={undo} onSave={save} />
      </Card>
      <div>
        <Receipts batches={review.batches} />
        <Reviewers />
      </div>
      {needsHelp ? <KeyboardHelp keys={keys} onClose={() => setNeedsHelp(false)} /> : null}
    </div>
  );
}

interface ShortcutsProps {
  readonly keys: ReadonlyMap<string, string>;
  readonly onHelp: () => void;
}

function Shortcuts({ keys, onHelp }: ShortcutsProps) {
  const hasTwoClasses = useClasses().length === 2;
  return (
    <p class="shortcuts muted">
      <kbd>j</kbd> <kbd>k</kbd> move, <kbd>y</kbd> right, <kbd>n</kbd> wrong
      {hasTwoClasses ? '' : ', then type what it is'}, <kbd>u</kbd> undo, <kbd>s</kbd> save
      {keys.size > 0 ? <ClassKeys keys={keys} /> : null}{' '}
      <button type="button" class="help" onClick={onHelp}>
        <kbd>?</kbd> all keys
      </button>
    </p>
  );
}

/** One key says what an item is, and so whether the answer was right. */
function ClassKeys({ keys }: { readonly keys: ReadonlyMap<string, string> }) {
  const isPlain = [...keys].every(([key, name]) => key === name);
  return (
    <>
      , or what it is:{' '}
      {[...keys].map(([key, name]) => (
        <span key={key} class="class-key">
          <kbd>{key}</kbd> {isPlain ? '' : <bdi>{name}</bdi>}{' '}
        </span>
      ))}
    </>
  );
}

function NewItems({ onShow }: { readonly onShow: () => void }) {
  const { items } = useDataSet();
  return (
    <button type="button" class="new-items" onClick={onShow}>
      New {items} have come: show them
    </button>
  );
}

function NothingToRate({ order }: { readonly order: ReviewOrder }) {
  const { item } = useDataSet();
  if (order === 'look-again') return <Empty>No label looks wrong or is set aside.</Empty>;
  return (
    <Empty>
      No {item} waits to be rated. <a href="#/">Submit some</a>, and they appear here.
    </Empty>
  );
}
