import type { MapAnswer, MapState } from '@banknote-loop/shared/contract';
import { useMemo, useState } from 'preact/hooks';
import { useClasses, useDataSet } from '../data-set.tsx';
import { count, modelName } from '../format.ts';
import { ClassLabel, colourOf, signOf } from '../ui/class-label.tsx';
import { Card, Failure, Loading } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { MapCanvas } from './map-canvas.tsx';
import { MapTable, nameOf, placeText, stateWords } from './map-table.tsx';
import { usePalette } from './palette.ts';
import { sceneOf } from './scene.ts';

/** No column is called so: they begin with a letter. */
const projection = '*';

/** A model moves the boundary at once; what else is new is a few points among thousands. */
const pollEveryMs = 30_000;

/** All that is known in one picture, and how a correction moves what the model says. */
export function MapView() {
  const { features, items } = useDataSet();
  const [x, setX] = useState(features.length === 2 ? (features[0]?.column ?? projection) : projection);
  const [y, setY] = useState(features[1]?.column ?? projection);
  const isProjection = x === projection;
  const [other, setOther] = useState('');
  const query = new URLSearchParams({
    ...(isProjection ? {} : { x, y }),
    ...(other === '' ? {} : { with: other }),
  });
  const { data, error } = useLoad(`/map?${query}`, { on: ['model'], everyMs: pollEveryMs });
  return (
    <Card title={`Where ${items} lie, and what the model says there`}>
      <div class="map-axes">
        <AxisPicker label="From left to right" value={x} onChange={setX} withProjection />
        {isProjection ? null : <AxisPicker label="From bottom to top" value={y} onChange={setY} />}
        <ModelPicker value={other} onChange={setOther} />
      </div>
      <Failure message={error} />
      {data ? <Picture map={data} /> : error ? null : <Loading />}
    </Card>
  );
}

interface PickerProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (column: string) => void;
  readonly withProjection?: boolean;
}

function AxisPicker({ label, value, onChange, withProjection = false }: PickerProps) {
  const { features } = useDataSet();
  return (
    <label>
      {label}
      <select value={value} onChange={event => onChange(event.currentTarget.value)}>
        {withProjection ? (
          <option value={projection}>all features: what is alike lies together</option>
        ) : null}
        {features.map(({ column, name }) => (
          <option key={column} value={column}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ModelPickerProps {
  readonly value: string;
  readonly onChange: (model: string) => void;
}

/** Which model the one that answers is held against: where the two lines part, they differ. */
function ModelPicker({ value, onChange }: ModelPickerProps) {
  const { data } = useLoad('/models', { on: ['model'] });
  const stored = data?.models.filter(({ report }) => report.stored !== false) ?? [];
  return (
    <label>
      Held against
      <select value={value} onChange={event => onChange(event.currentTarget.value)}>
        <option value="">the model before</option>
        {stored.map(({ model_file_name, promoted }) => (
          <option key={model_file_name} value={model_file_name}>
            {modelName(model_file_name)} ({promoted ? 'promoted' : 'refused'})
          </option>
        ))}
      </select>
    </label>
  );
}

function Picture({ map }: { readonly map: MapAnswer }) {
  const { items } = useDataSet();
  const classes = useClasses();
  const scene = useMemo(() => sceneOf(map), [map]);
  const palette = usePalette(classes.length);
  const [hidden, setHidden] = useState<ReadonlySet<MapState>>(new Set());
  const [chosen, setChosen] = useState<number>();
  const [isTableOpen, setIsTableOpen] = useState(false);
  const shows = useMemo(() => map.states.map(state => !hidden.has(state)), [map, hidden]);
  const toggle = (state: MapState): void =>
    setHidden(before => (before.has(state) ? without(before, state) : new Set([...before, state])));
  const label = `${count(scene.count)} ${items}, by ${map.x.name} and ${map.y.name}, and where the model's answer changes; the table below says the same`;
  return (
    <>
      <MapCanvas {...{ scene, palette, shows, chosen, label }} onChoose={setChosen} />
      <div class="map-sides">
        <Side axis={map.x} sign="→" />
        <Side axis={map.y} sign="↑" />
      </div>
      <ClassLegend />
      <p class="map-chosen" role="status">
        {chosen === undefined ? 'Point at an item to see what it is.' : <Chosen map={map} item={chosen} />}
      </p>
      <States map={map} shows={shows} onToggle={toggle} />
      <p class="muted">
        <span class="line-now">what {modelName(map.live.model_file_name)} tells apart now</span>
        {map.before ? (
          <span class="line-before">what {modelName(map.before.model_file_name)} tells apart</span>
        ) : null}
      </p>
      <details class="map-table" onToggle={event => setIsTableOpen(event.currentTarget.open)}>
        <summary>The same as a table</summary>
        {isTableOpen ? <MapTable {...{ map, shows, chosen }} onChoose={setChosen} /> : null}
      </details>
    </>
  );
}

function without(states: ReadonlySet<MapState>, state: MapState): ReadonlySet<MapState> {
  return new Set([...states].filter(one => one !== state));
}

function Side({ axis, sign }: { readonly axis: MapAnswer['x']; readonly sign: string }) {
  return (
    <span>
      {sign} {axis.name}: {placeText(axis, axis.low)} to {placeText(axis, axis.high)}
      {axis.missing_at === undefined ? '' : ', missing ones first'}
    </span>
  );
}

function Chosen({ map, item }: { readonly map: MapAnswer; readonly item: number }) {
  const { item: word } = useDataSet();
  const classes = useClasses();
  return (
    <>
      <bdi>{nameOf(map, item, word)}</bdi> <ClassLabel name={classes[map.items.classes[item] ?? 0] ?? ''} />{' '}
      {map.x.name} {placeText(map.x, map.items.x[item])}, {map.y.name} {placeText(map.y, map.items.y[item])};{' '}
      {stateWords[map.states[map.items.states[item] ?? 0] ?? 'known']}
    </>
  );
}

/** Which class has which shape and colour. */
function ClassLegend() {
  return (
    <ul class="plain-list map-classes" aria-label="Classes">
      {useClasses().map((name, number) => (
        <li key={name} class={colourOf(number)}>
          <span aria-hidden="true">{signOf(number)}</span> <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  );
}

interface StatesProps {
  readonly map: MapAnswer;
  readonly shows: readonly boolean[];
  readonly onToggle: (state: MapState) => void;
}

/** What is what on the map, each of which can be hidden. */
function States({ map, shows, onToggle }: StatesProps) {
  // While somebody points at one item after another, there are as many as before.
  const counts = useMemo(() => countsOf(map), [map]);
  return (
    <fieldset class="map-states">
      <legend class="unseen">What is shown</legend>
      {map.states.map((state, number) => (
        <label key={state} class={`state ${state.replace(' ', '-')}`}>
          <input type="checkbox" checked={shows[number] === true} onChange={() => onToggle(state)} />
          {stateWords[state]} <span class="muted">{count(counts[number] ?? 0)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function countsOf({ states, items }: MapAnswer): readonly number[] {
  const counts = states.map(() => 0);
  for (const state of items.states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
