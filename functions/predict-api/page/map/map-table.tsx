import type { MapAnswer, MapState } from '@banknote-loop/shared/contract';
import { useMemo, useState } from 'preact/hooks';
import { useClasses, useDataSet } from '../data-set.tsx';
import { count } from '../format.ts';
import { ClassLabel } from '../ui/class-label.tsx';
import { Scroll } from '../ui/scroll.tsx';

export const stateWords: Readonly<Record<MapState, string>> = {
  known: 'known from the start',
  answered: 'latest answers',
  confirmed: 'confirmed by people',
  corrected: 'corrected by people',
  suspicious: 'label looks wrong',
  'set aside': 'set aside',
};

const pageLength = 20;

interface Props {
  readonly map: MapAnswer;
  readonly shows: readonly boolean[];
  readonly chosen: number | undefined;
  readonly onChoose: (item: number) => void;
}

/** The same as the picture, item by item: what people said of answers first, known items last. */
export function MapTable({ map, shows, chosen, onChoose }: Props) {
  const { item: word, items: words } = useDataSet();
  const classes = useClasses();
  const [page, setPage] = useState(0);
  const order = useMemo(() => orderOf(map, shows), [map, shows]);
  const pages = Math.max(1, Math.ceil(order.length / pageLength));
  const at = Math.min(page, pages - 1);
  return (
    <>
      <Scroll label="The map as a table">
        <table class="stacks">
          <caption>
            {count(order.length)} {words}, page {count(at + 1)} of {count(pages)}
          </caption>
          <thead>
            <tr>
              <th scope="col">{word}</th>
              <th scope="col">what is known of it</th>
              <th scope="col">class</th>
              <th scope="col" class="number">
                {map.x.name}
              </th>
              <th scope="col" class="number">
                {map.y.name}
              </th>
            </tr>
          </thead>
          <tbody>
            {order.slice(at * pageLength, (at + 1) * pageLength).map(item => (
              <tr key={item} {...(item === chosen ? { 'aria-current': 'true' } : {})}>
                <th scope="row">
                  <button type="button" class="as-link" onClick={() => onChoose(item)}>
                    <bdi>{nameOf(map, item, word)}</bdi>
                    <span class="unseen">: show it on the map</span>
                  </button>
                </th>
                <td data-name="known">{stateWords[map.states[map.items.states[item] ?? 0] ?? 'known']}</td>
                <td data-name="class">
                  <ClassLabel name={classes[map.items.classes[item] ?? 0] ?? ''} />
                </td>
                <td class="number" data-name={map.x.name}>
                  {placeText(map.x, map.items.x[item])}
                </td>
                <td class="number" data-name={map.y.name}>
                  {placeText(map.y, map.items.y[item])}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="actions">
        <button type="button" disabled={at === 0} onClick={() => setPage(at - 1)}>
          Before
        </button>
        <button type="button" disabled={at + 1 >= pages} onClick={() => setPage(at + 1)}>
          Next
        </button>
      </p>
    </>
  );
}

/** What an item is called; one of the data set's own has no name. */
export function nameOf({ items, named }: MapAnswer, item: number, word: string): string {
  const known = items.x.length - named.length;
  return named[item - known]?.subject ?? `known ${word} ${count(item + 1)}`;
}

/** Where an item lies on one side of the map, in the words of the feature. */
export function placeText({ categories, missing_at }: MapAnswer['x'], at: number | undefined): string {
  if (at === undefined) return '';
  if (categories) return Math.round(at) < 0 ? 'missing' : (categories[Math.round(at)] ?? 'never seen');
  return missing_at !== undefined && Math.abs(at - missing_at) < 1e-4 * Math.max(1, Math.abs(at))
    ? 'missing'
    : String(Number(at.toPrecision(4))).replace('-', '−');
}

function orderOf({ items }: MapAnswer, shows: readonly boolean[]): readonly number[] {
  const shown = items.states.flatMap((state, item) => (shows[state] ? [item] : []));
  return shown.sort((a, b) => (items.states[b] ?? 0) - (items.states[a] ?? 0) || a - b);
}
