import type { AnswerTo } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { confidence, count, countItems, modelName, percent, valueText } from '../format.ts';
import { ClassLabel } from '../ui/class-label.tsx';
import { Empty, Failure, Loading } from '../ui/parts.tsx';
import { Scroll } from '../ui/scroll.tsx';
import { useLoad } from '../use-load.ts';

type Comparison = AnswerTo<'/models/name/comparison'>;

interface Props {
  readonly first: string;
  readonly second: string;
}

/** On which items two models answer differently. They are asked about thousands of them, so only when somebody wants to know. */
export function Differences({ first, second }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="differences" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>Where do they differ?</summary>
      {first === second ? (
        <Empty>These are the same model.</Empty>
      ) : isOpen ? (
        <Found first={first} second={second} />
      ) : null}
    </details>
  );
}

function Found({ first, second }: Props) {
  const dataSet = useDataSet();
  const { data, error } = useLoad(`/models/${first}/comparison?with=${encodeURIComponent(second)}`);
  if (!data) return error ? <Failure message={error} /> : <Loading />;
  return (
    <>
      <p>
        Asked about {countItems(dataSet, data.rows)}, known ones and the latest, they answer{' '}
        <b>{count(data.differ)}</b> differently. Of {count(data.known)} it is known what they are:{' '}
        {modelName(first)} gets {shareOf(data, 'first')} right, {modelName(second)} {shareOf(data, 'second')}.
      </p>
      {data.differ > 0 ? (
        <>
          <SegmentTable {...data} />
          <ItemTable {...data} />
        </>
      ) : null}
    </>
  );
}

function shareOf({ sides, known }: Comparison, side: 'first' | 'second'): string {
  const { correct, interval, log_loss } = sides[side];
  const share = percent(correct / Math.max(1, known));
  return `${share} (${percent(interval.low)} to ${percent(interval.high)}; log loss ${log_loss.toPrecision(2)})`;
}

function SegmentTable({ segments, first, second }: Comparison) {
  const { items } = useDataSet();
  if (segments.length === 0) return null;
  return (
    <Scroll label="Kinds of items on which they differ">
      <table class="stacks">
        <caption>By kind of {items}</caption>
        <thead>
          <tr>
            <th scope="col">kind</th>
            <th scope="col" class="number">
              answered differently
            </th>
            <th scope="col" class="number">
              only {modelName(first)} right
            </th>
            <th scope="col" class="number">
              only {modelName(second)} right
            </th>
          </tr>
        </thead>
        <tbody>
          {segments.map(({ name, rows, differ, only_first, only_second }) => (
            <tr key={name}>
              <th scope="row" class="kind">
                {name}
              </th>
              <td class="number" data-name="answered differently">
                {count(differ)} of {count(rows)}
              </td>
              <td class="number" data-name={`only ${modelName(first)} right`}>
                {count(only_first)}
              </td>
              <td class="number" data-name={`only ${modelName(second)} right`}>
                {count(only_second)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** So many values of an item stand in a row of the table. */
const few = 6;
const shownAtOnce = 10;

function ItemTable({ items, differ, first, second }: Comparison) {
  const { features, item } = useDataSet();
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? items : items.slice(0, shownAtOnce);
  return (
    <>
      <Scroll label="Items on which they differ">
        <table class="stacks">
          <caption>Those first on which both are surest</caption>
          <thead>
            <tr>
              <th scope="col">{item}</th>
              <th scope="col">really</th>
              <th scope="col">{modelName(first)}</th>
              <th scope="col">{modelName(second)}</th>
              {features.slice(0, few).map(({ column, name, kind }) => (
                <th key={column} scope="col" class={kind === 'number' ? 'number' : ''}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((one, i) => (
              <tr key={i}>
                <th scope="row">
                  <bdi>{one.subject ?? `known ${item}`}</bdi>
                </th>
                <td data-name="really">{one.truth === null ? '?' : <ClassLabel name={one.truth} />}</td>
                <td data-name={modelName(first)}>
                  <span>
                    <ClassLabel name={one.first.label} /> {confidence(one.first.probability)}
                  </span>
                </td>
                <td data-name={modelName(second)}>
                  <span>
                    <ClassLabel name={one.second.label} /> {confidence(one.second.probability)}
                  </span>
                </td>
                {features.slice(0, few).map(({ column, name, kind }, place) => (
                  <td key={column} class={kind === 'number' ? 'number' : ''} data-name={name}>
                    {valueText(one.features[place] ?? null)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {items.length > shown.length ? (
        <button type="button" onClick={() => setShowsAll(true)}>
          Show {count(items.length)} of {count(differ)}
        </button>
      ) : null}
    </>
  );
}
