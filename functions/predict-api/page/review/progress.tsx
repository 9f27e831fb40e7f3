import { useDataSet } from '../data-set.tsx';
import { count, countItems } from '../format.ts';

interface Props {
  /** Rated at this sitting. */
  readonly rated: number;
  /** As they were when items were asked for last. */
  readonly progress: { readonly left: number; readonly today: number; readonly yours: number } | undefined;
}

/** How far the review has come, and what has been done today. */
export function ReviewProgress({ rated, progress }: Props) {
  const dataSet = useDataSet();
  if (!progress) return null;
  const { left, today, yours } = progress;
  if (left + today + rated === 0) return null;
  const all = Math.max(rated, left);
  return (
    <div class="review-progress">
      <label>
        {count(rated)} rated at this sitting, {countItems(dataSet, left)} to be rated
        <progress max={Math.max(1, all)} value={rated} />
      </label>
      <span class="muted">
        Today: {count(Math.max(yours, rated))} by you, {count(Math.max(today, rated))} by all.
      </span>
    </div>
  );
}
