import type { ReviewNote } from '@banknote-loop/shared/contract';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Confidence, PredictionLabel } from '../ui/parts.tsx';
import { type DraftRatings, keyOf, type Rating } from './draft-ratings.ts';

interface Props {
  readonly notes: readonly ReviewNote[];
  readonly drafts: DraftRatings;
  readonly current: number;
  readonly onCurrent: (index: number) => void;
  readonly onRate: (note: ReviewNote, rating: Rating) => void;
}

export function ReviewList({ notes, drafts, current, onCurrent, onRate }: Props) {
  return (
    <ol class="plain-list note-list review-list">
      {notes.map((note, i) => (
        <ReviewRow
          key={keyOf(note)}
          note={note}
          rating={drafts.byNote.get(keyOf(note))?.rating}
          isCurrent={i === current}
          onFocus={() => onCurrent(i)}
          onRate={rating => onRate(note, rating)}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  readonly note: ReviewNote;
  readonly rating: Rating | undefined;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onRate: (rating: Rating) => void;
}

function ReviewRow({ note, rating, isCurrent, onFocus, onRate }: RowProps) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isCurrent) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);
  const { subject, prediction, score } = note;
  return (
    <li ref={row} class={isCurrent ? 'current' : ''} {...(isCurrent ? { 'aria-current': 'true' } : {})}>
      <span class="subject">
        {subject}
        <small>{[note.variance, note.skewness, note.curtosis, note.entropy].join(' · ')}</small>
      </span>
      <PredictionLabel label={prediction} />
      <Confidence score={score} />
      <span class="rating-buttons">
        <RatingButton name="right" isPressed={rating === 1} onFocus={onFocus} onClick={() => onRate(1)}>
          : {subject} is {prediction}
        </RatingButton>
        <RatingButton name="wrong" isPressed={rating === 0} onFocus={onFocus} onClick={() => onRate(0)}>
          : {subject} is not {prediction}
        </RatingButton>
      </span>
    </li>
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
