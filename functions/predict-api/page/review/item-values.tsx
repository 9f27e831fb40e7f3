import { useDataSet } from '../data-set.tsx';
import { count } from '../format.ts';
import { cellText } from '../ui/text-in.ts';
import type { ReviewItem } from './draft-ratings.ts';

/** So many values stand in a line. */
const few = 6;

/** What a model was asked about: a few values as they are, the names and the rest of many for those who want them. */
export function ItemValues({ item }: { readonly item: ReviewItem }) {
  const { features } = useDataSet();
  const values = features.map(({ name, column }) => ({ name, text: cellText(item[column]) }));
  if (values.length <= few) return <small>{values.map(({ text }) => text).join(' · ')}</small>;
  return (
    <details class="item-values">
      <summary>
        <small>{count(values.length)} values</small>
      </summary>
      <dl>
        {values.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
