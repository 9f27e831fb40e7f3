import type { DecisionAnswer, ModelAnswer } from '@banknote-loop/shared/contract';
import { useDataSet } from '../data-set.tsx';
import { dayAndTime, percent } from '../format.ts';

const size = { width: 720, height: 240, left: 48, right: 16, top: 16, bottom: 28 };

interface Props {
  readonly models: readonly ModelAnswer[];
  readonly decisions: readonly DecisionAnswer[];
}

/** Accuracy over time, model by model; the line is that of the models that answered. The table below says the same. */
export function AccuracyChart({ models, decisions }: Props) {
  const { items } = useDataSet();
  const byTime = models.filter(({ accuracy }) => accuracy > 0).toReversed();
  const manual = decisions.filter(({ kind }) => kind === 'rollback' || kind === 'promotion');
  const scale = scaleOf(byTime);
  const pointOf = (model: ModelAnswer) => [scale.x(byTime.indexOf(model)), scale.y(model.accuracy)] as const;
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-labelledby="chart-title">
        <title id="chart-title">
          Accuracy of {byTime.length} models on the hold-out {items}, oldest first
        </title>
        {scale.ticks.map(tick => (
          <g key={tick} class="tick">
            <line x1={size.left} x2={size.width - size.right} y1={scale.y(tick)} y2={scale.y(tick)} />
            <text x={size.left - 8} y={scale.y(tick) + 4} text-anchor="end">
              {percent(tick)}
            </text>
          </g>
        ))}
        <path class="champion" d={stepsThrough(byTime.filter(({ promoted }) => promoted).map(pointOf))} />
        {byTime.map(model => (
          <Point key={model.model_file_name} model={model} at={pointOf(model)} manual={manual} />
        ))}
        <text x={size.left} y={size.height - 6}>
          {byTime[0] ? dayAndTime(byTime[0].created) : ''}
        </text>
        <text x={size.width - size.right} y={size.height - 6} text-anchor="end">
          {dayAndTime(byTime.at(-1)?.created ?? new Date().toISOString())}
        </text>
      </svg>
      <figcaption>
        <span class="legend">promoted</span>
        <span class="legend refused">refused</span>
        <span class="legend by-hand">rolled back or promoted by hand</span>
      </figcaption>
    </figure>
  );
}

interface PointProps {
  readonly model: ModelAnswer;
  readonly at: readonly [number, number];
  readonly manual: readonly DecisionAnswer[];
}

function Point({ model, at: [x, y], manual }: PointProps) {
  const { model_file_name, promoted, accuracy, created } = model;
  const isManual = manual.some(
    one => one.model_file_name === model_file_name || one.replaces === model_file_name,
  );
  return (
    <g class={promoted ? 'promoted' : 'refused'}>
      {isManual ? <path class="by-hand" d={`M${x} ${y - 10}l10 10l-10 10l-10 -10z`} /> : null}
      <circle cx={x} cy={y} r={4.5}>
        <title>{`${dayAndTime(created)}: ${percent(accuracy)}, ${promoted ? 'promoted' : 'refused'}`}</title>
      </circle>
    </g>
  );
}

function scaleOf(models: readonly ModelAnswer[]) {
  const lowest = Math.min(1, ...models.map(({ accuracy }) => accuracy));
  const floor = Math.max(0, Math.floor((lowest - 0.005) * 100) / 100);
  const innerWidth = size.width - size.left - size.right - 20;
  const innerHeight = size.height - size.top - size.bottom;
  const step = models.length > 1 ? innerWidth / (models.length - 1) : 0;
  return {
    x: (index: number) => size.left + 10 + index * step,
    y: (accuracy: number) => size.top + (1 - (accuracy - floor) / (1 - floor || 1)) * innerHeight,
    ticks: [0, 1 / 3, 2 / 3, 1].map(share => floor + share * (1 - floor)),
  };
}

/** A model answers until the next one does: so its accuracy holds until there. */
function stepsThrough(points: readonly (readonly [number, number])[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const steps = rest.map(([x, y]) => `H${x}V${y}`).join('');
  return `M${first.join(' ')}${steps}H${size.width - size.right}`;
}
