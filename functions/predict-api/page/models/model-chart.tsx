import type { DecisionAnswer, ModelAnswer } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { capitalized, dayAndTime } from '../format.ts';
import { useWidth } from '../ui/use-width.ts';
import { type Axis, axesOf, axisThatTells, type Reached } from './chart-axes.ts';

const size = { height: 240, left: 64, right: 12, top: 16, bottom: 28 };

interface Props {
  readonly models: readonly ModelAnswer[];
  readonly decisions: readonly DecisionAnswer[];
}

/** Model after model on the axis that tells them apart; the line is that of the models that answered. The table below says the same. */
export function ModelChart({ models, decisions }: Props) {
  const [chosen, setChosen] = useState<string>();
  const axes = axesOf(models);
  const axis = axes.find(({ name }) => name === chosen) ?? axisThatTells(axes, models);
  if (!axis) return null;
  return (
    <figure class="chart">
      <label class="pick">
        Held against each other by
        <select value={axis.name} onChange={event => setChosen(event.currentTarget.value)}>
          {axes.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p class="muted">
        {capitalized(axis.meaning)}; {axis.better} is better.
      </p>
      <Drawing axis={axis} models={models} decisions={decisions} />
      <figcaption>
        <span class="legend">promoted</span>
        <span class="legend refused">refused</span>
        <span class="legend by-hand">rolled back or promoted by hand</span>
      </figcaption>
    </figure>
  );
}

interface Placed {
  readonly model: ModelAnswer;
  readonly reached: Reached;
  readonly x: number;
}

function Drawing({ axis, models, decisions }: Props & { readonly axis: Axis }) {
  const { items } = useDataSet();
  const [drawing, width] = useWidth();
  const end = width - size.right;
  const found = models.toReversed().flatMap(model => {
    const reached = axis.of(model);
    return reached ? [{ model, reached }] : [];
  });
  const step = (end - size.left - 20) / Math.max(1, found.length - 1);
  const placed = found.map((one, i): Placed => ({ ...one, x: size.left + 10 + i * step }));
  const scale = scaleOf(
    axis,
    placed.map(({ reached }) => reached),
  );
  const champions = placed.filter(({ model }) => model.promoted);
  const manual = decisions.filter(({ kind }) => kind === 'rollback' || kind === 'promotion');
  const [first, last] = [placed[0]?.model, placed.at(-1)?.model];
  return (
    <svg
      ref={drawing}
      viewBox={`0 0 ${width} ${size.height}`}
      height={size.height}
      role="img"
      aria-labelledby="chart-title"
    >
      <title id="chart-title">
        {axis.name} of {placed.length} models on the hold-out {items}, oldest first
      </title>
      {scale.ticks.map(tick => (
        <g key={tick} class="tick">
          <line x1={size.left} x2={end} y1={scale.y(tick)} y2={scale.y(tick)} />
          <text x={size.left - 8} y={scale.y(tick) + 4} text-anchor="end">
            {axis.format(tick)}
          </text>
        </g>
      ))}
      <path
        class="champion"
        d={stepsThrough(
          champions.map(({ x, reached }) => [x, scale.y(reached.value)]),
          end,
        )}
      />
      {placed.map(one => (
        <Point key={one.model.model_file_name} {...one} axis={axis} y={scale.y} manual={manual} />
      ))}
      <text x={size.left} y={size.height - 6}>
        {first ? dayAndTime(first.created) : ''}
      </text>
      {last && last !== first ? (
        <text x={end} y={size.height - 6} text-anchor="end">
          {dayAndTime(last.created)}
        </text>
      ) : null}
    </svg>
  );
}

interface PointProps extends Placed {
  readonly axis: Axis;
  readonly y: (value: number) => number;
  readonly manual: readonly DecisionAnswer[];
}

function Point({ model, reached: { value, low, high }, x, y, axis, manual }: PointProps) {
  const { model_file_name, promoted, created } = model;
  const isManual = manual.some(
    one => one.model_file_name === model_file_name || one.replaces === model_file_name,
  );
  const between =
    low === undefined || high === undefined ? '' : ` (${axis.format(low)} to ${axis.format(high)})`;
  const at = y(value);
  return (
    <g class={promoted ? 'promoted' : 'refused'}>
      {low === undefined || high === undefined ? null : (
        <line class="range" x1={x} x2={x} y1={y(low)} y2={y(high)} />
      )}
      {isManual ? <path class="by-hand" d={`M${x} ${at - 10}l10 10l-10 10l-10 -10z`} /> : null}
      <circle cx={x} cy={at} r={4.5}>
        <title>{`${dayAndTime(created)}: ${axis.format(value)}${between}, ${promoted ? 'promoted' : 'refused'}`}</title>
      </circle>
    </g>
  );
}

/** From the least to the most that any model reaches; intervals that go far beyond are cut, so that the models stay apart. */
function scaleOf({ line, best }: Axis, reached: readonly Reached[]) {
  const values = reached.map(({ value }) => value);
  const known = line === undefined ? values : [...values, line];
  const spread = Math.max(...known) - Math.min(...known);
  const room = Math.max(spread * 0.6, Math.max(...known.map(Math.abs)) * 0.02, 1e-6);
  const ends = reached.flatMap(({ low, high }) => [low, high].flatMap(end => end ?? []));
  const low = Math.max(Math.min(...known, ...ends), Math.min(...known) - room);
  const high = Math.min(Math.max(...known, ...ends), Math.max(...known) + room);
  const bottom = best === undefined || best > 0 ? low - 0.1 * room : best;
  const top = best !== undefined && best > 0 ? Math.min(best, high + 0.1 * room) : high + 0.1 * room;
  const height = size.height - size.top - size.bottom;
  const y = (value: number): number =>
    size.top + (1 - (Math.min(top, Math.max(bottom, value)) - bottom) / (top - bottom)) * height;
  return { y, ticks: [0, 1 / 3, 2 / 3, 1].map(share => bottom + share * (top - bottom)) };
}

/** A model answers until the next one does: so what it reaches holds until there. */
function stepsThrough(points: readonly (readonly [number, number])[], end: number): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const steps = rest.map(([x, y]) => `H${x}V${y}`).join('');
  return `M${first.join(' ')}${steps}H${end}`;
}
