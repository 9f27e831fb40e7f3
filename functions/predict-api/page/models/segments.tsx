import type { Report } from '@banknote-loop/shared/contract';
import { useDataSet } from '../data-set.tsx';
import { count, countItems } from '../format.ts';

/** Where a model gained and lost beside the champion of its day: only segments of which it answers anything otherwise. */
export function Segments({ report: { segments } }: { readonly report: Report }) {
  const dataSet = useDataSet();
  const changed = (segments ?? [])
    .filter(({ gained, lost }) => gained + lost > 0)
    .sort((a, b) => a.worse - b.worse || b.gained - a.gained);
  if (changed.length === 0) return null;
  return (
    <details>
      <summary>Where it answers otherwise than the champion did</summary>
      <ul>
        {changed.map(({ name, rows, gained, lost }) => (
          <li key={name}>
            {name}: right on {count(gained)} and wrong on {count(lost)} of {countItems(dataSet, rows)} where
            the champion was not
          </li>
        ))}
      </ul>
    </details>
  );
}
