import { useMemo, useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { countItems } from '../format.ts';
import { FeatureField } from './feature-field.tsx';
import { type FeatureGroup, groupsOf } from './feature-groups.ts';
import type { Range } from './use-ranges.ts';

interface Props {
  readonly texts: readonly string[];
  /** What is wrong with each value, once that has been checked. */
  readonly problems: readonly (string | undefined)[];
  /** Between which values numbers can be moved, by their columns. */
  readonly ranges: ReadonlyMap<string, Range>;
  readonly onChange: (place: number, text: string) => void;
}

/** A field for each feature: a few stand side by side, many in groups that can be searched. */
export function Fields(props: Props) {
  const { features } = useDataSet();
  const groups = useMemo(() => groupsOf(features), [features]);
  const [wanted, setWanted] = useState('');
  const [first] = groups;
  if (groups.length < 2) return <FieldList {...props} places={first?.places ?? []} />;
  const found = features.flatMap(({ name }, place) =>
    name.toLowerCase().includes(wanted.trim().toLowerCase()) ? [place] : [],
  );
  return (
    <>
      <label class="wide">
        Find a value
        <input
          type="search"
          placeholder={`one of ${features.length} names`}
          value={wanted}
          onInput={event => setWanted(event.currentTarget.value)}
        />
      </label>
      {wanted.trim() === '' ? (
        groups.map(group => <Group key={group.name} {...props} group={group} isFirst={group === first} />)
      ) : (
        <>
          <p class="wide muted" role="status">
            {countItems({ item: 'value', items: 'values' }, found.length)}
          </p>
          <FieldList {...props} places={found} />
        </>
      )}
    </>
  );
}

interface ListProps extends Props {
  readonly places: readonly number[];
}

function FieldList({ places, texts, problems, ranges, onChange }: ListProps) {
  const { features } = useDataSet();
  return (
    <>
      {places.map(place => {
        const feature = features[place];
        return feature ? (
          <FeatureField
            key={feature.column}
            feature={feature}
            text={texts[place] ?? ''}
            problem={problems[place]}
            range={ranges.get(feature.column)}
            onChange={text => onChange(place, text)}
          />
        ) : null;
      })}
    </>
  );
}

interface GroupProps extends Props {
  readonly group: FeatureGroup;
  readonly isFirst: boolean;
}

function Group({ group: { name, places }, isFirst, ...props }: GroupProps) {
  const [isOpen, setOpen] = useState(isFirst);
  const hasProblem = places.some(place => props.problems[place] !== undefined);
  const isShown = isOpen || hasProblem;
  return (
    <details class="wide field-group" open={isShown} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        {name} <span class="muted">{countItems({ item: 'value', items: 'values' }, places.length)}</span>
      </summary>
      {/* What is closed costs nothing: hundreds of fields would be slow to type in. */}
      {isShown ? (
        <div class="item-form">
          <FieldList {...props} places={places} />
        </div>
      ) : null}
    </details>
  );
}
