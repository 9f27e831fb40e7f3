import { pluralize } from '../format.ts';
import { ReasonAgainst, useReasonAgainst } from '../session.tsx';
import type { DraftRatings } from './draft-ratings.ts';

interface Props {
  readonly drafts: DraftRatings;
  readonly reviewer: string;
  /** Nobody who has signed in chooses another name. */
  readonly setReviewer: ((name: string) => void) | undefined;
  readonly canUndo: boolean;
  readonly onUndo: () => void;
  readonly onSave: () => void;
}

/** Who rates, and what saves the ratings. */
export function SaveBar({ drafts: { byItem }, reviewer, setReviewer, canUndo, onUndo, onSave }: Props) {
  const reason = useReasonAgainst('notes:rate');
  return (
    <div class="save-bar">
      <label>
        Your name
        <input
          value={reviewer}
          maxLength={200}
          autocomplete="name"
          readOnly={!setReviewer}
          onInput={event => setReviewer?.(event.currentTarget.value)}
        />
      </label>
      <button type="button" disabled={!canUndo} onClick={onUndo}>
        Undo
      </button>
      <button
        type="button"
        class="primary"
        disabled={byItem.size === 0 || reason !== undefined}
        onClick={onSave}
      >
        Save {byItem.size > 0 ? pluralize(byItem.size, 'rating') : 'ratings'}
      </button>
      <ReasonAgainst scope="notes:rate" />
    </div>
  );
}
