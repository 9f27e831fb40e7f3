import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useClasses } from '../data-set.tsx';
import { ClassLabel, Confidence, Ranking, useListShape } from '../ui/class-label.tsx';
import { cellText } from '../ui/text-in.ts';
import { UnlikeNote } from '../ui/unlike.tsx';
import { Why } from '../ui/why.tsx';
import { ClassPicker } from './class-picker.tsx';
import { type DraftRatings, keyOf, type Mark, type ReviewItem, right, wrong } from './draft-ratings.ts';
import { ItemValues } from './item-values.tsx';

interface Props {
  readonly items: readonly ReviewItem[];
  readonly drafts: DraftRatings;
  readonly current: number;
  readonly onCurrent: (index: number) => void;
  /** Marks an item, and goes on to the next. */
  readonly onRate: (item: ReviewItem, mark: Mark) => void;
  readonly onMark: (item: ReviewItem, mark: Mark) => void;
}

export function ReviewList({ items, drafts, current, onCurrent, onRate, onMark }: Props) {
  const shape = useListShape();
  return (
    <ol {...shape} class={`${shape.class} review-list`}>
      {items.map((item, i) => (
        <ReviewRow
          key={keyOf(item)}
          item={item}
          mark={drafts.byItem.get(keyOf(item))?.mark}
          isCurrent={i === current}
          onFocus={() => onCurrent(i)}
          onRate={mark => onRate(item, mark)}
          onMark={mark => onMark(item, mark)}
          onNext={() => onCurrent(i + 1)}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  readonly item: ReviewItem;
  readonly mark: Mark | undefined;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onRate: (mark: Mark) => void;
  readonly onMark: (mark: Mark) => void;
  readonly onNext: () => void;
}

function ReviewRow({ item, mark, isCurrent, onFocus, onRate, onMark, onNext }: RowProps) {
  const hasTwoClasses = useClasses().length === 2;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  const { subject, prediction } = item;
  return (
    <li ref={row} class={isCurrent ? 'current' : ''} {...(isCurrent ? { 'aria-current': 'true' } : {})}>
      <span class="subject">
        <bdi>{subject}</bdi>
        <ItemValues item={item} />
        <UnlikeNote {...item} />
      </span>
      <ClassLabel name={prediction} />
      {hasTwoClasses ? <Confidence {...item} /> : null}
      <span class="rating-buttons">
        <RatingButton
          name="right"
          isPressed={mark?.rating === 1}
          onFocus={onFocus}
          onClick={() => onRate(right)}
        >
          : {subject} is {prediction}
        </RatingButton>
        {hasTwoClasses ? (
          <RatingButton
            name="wrong"
            isPressed={mark?.rating === 0}
            onFocus={onFocus}
            onClick={() => onRate(wrong)}
          >
            : {subject} is not {prediction}
          </RatingButton>
        ) : (
          <ClassPicker item={item} mark={mark} onFocus={onFocus} onMark={onMark} onNext={onNext} />
        )}
      </span>
      {hasTwoClasses ? null : <Ranking {...item} />}
      <Why batchId={item.batch_id} subject={subject} textOf={column => cellText(item[column])} />
      {item.look_again ? <LookAgain {...item.look_again} reviewer={item.reviewer} /> : null}
    </li>
  );
}

type LookAgainProps = NonNullable<ReviewItem['look_again']> & Pick<ReviewItem, 'reviewer'>;

/** What somebody said of the item already, and why it should be looked at again. */
function LookAgain({ label, reason, reviewer, set_aside }: LookAgainProps) {
  return (
    <p class="look-again">
      {reviewer ?? 'Somebody'} said <ClassLabel name={label} />. <span class="muted">{reason}</span>
      {set_aside ? null : <span class="muted"> Until then it is learned from.</span>}
    </p>
  );
}

interface ButtonProps {
  readonly name: 'right' | 'wrong';
  readonly isPressed: boolean;
  readonly onFocus: () => void;
  readonly onClick: () => void;
  /** What only a screen reader needs to be told. */
  readonly children: ComponentChildren;
}

function RatingButton({ name, isPressed, onFocus, onClick, children }: ButtonProps) {
  return (
    <button type="button" class={`rate-${name}`} aria-pressed={isPressed} onFocus={onFocus} onClick={onClick}>
      {name}
      <span class="unseen">{children}</span>
    </button>
  );
}
