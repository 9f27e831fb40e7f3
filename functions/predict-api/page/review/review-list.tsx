import type { ReviewNote } from '@banknote-loop/shared/contract';
import { useEffect, useRef } from 'preact/hooks';
import { Confidence, Verdict } from '../ui/parts.tsx';
import { keyOf, type Mark, type Marks } from './marks.ts';

interface Props {
  readonly notes: readonly ReviewNote[];
  readonly marks: Marks;
  readonly current: number;
  readonly onCurrent: (index: number) => void;
  readonly onMark: (note: ReviewNote, mark: Mark) => void;
}

export function ReviewList({ notes, marks, current, onCurrent, onMark }: Props) {
  return (
    <ol class="review-list">
      {notes.map((note, i) => (
        <ReviewRow
          key={keyOf(note)}
          note={note}
          mark={marks.byNote.get(keyOf(note))?.mark}
          isCurrent={i === current}
          onFocus={() => onCurrent(i)}
          onMark={mark => onMark(note, mark)}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  readonly note: ReviewNote;
  readonly mark: Mark | undefined;
  readonly isCurrent: boolean;
  readonly onFocus: () => void;
  readonly onMark: (mark: Mark) => void;
}

function ReviewRow({ note, mark, isCurrent, onFocus, onMark }: RowProps) {
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
      <Verdict label={prediction} />
      <Confidence score={score} />
      <span class="marks">
        <button
          type="button"
          class="yes"
          aria-pressed={mark === 1}
          onFocus={onFocus}
          onClick={() => onMark(1)}
        >
          right
          <span class="unseen">
            : {subject} is {prediction}
          </span>
        </button>
        <button
          type="button"
          class="no"
          aria-pressed={mark === 0}
          onFocus={onFocus}
          onClick={() => onMark(0)}
        >
          wrong
          <span class="unseen">
            : {subject} is not {prediction}
          </span>
        </button>
      </span>
    </li>
  );
}
