import type { DecisionAnswer, ModelAnswer, TrendsAnswer } from '@banknote-loop/shared/contract';
import { count, dayAndTime, modelName } from '../format.ts';
import { Card } from '../ui/parts.tsx';
import { useWidth } from '../ui/use-width.ts';
import { useLoad } from '../use-load.ts';

const size = { left: 76, right: 8, row: 46 };

interface Props {
  readonly models: readonly ModelAnswer[];
  readonly decisions: readonly DecisionAnswer[];
}

/** What happened when: decisions, labels set aside and drift above each other, on one line of time. */
export function History({ models, decisions }: Props) {
  const { data } = useLoad('/trends?days=30', { on: ['model'] });
  const times = [...models, ...decisions].map(({ created }) => Date.parse(created));
  if (times.length < 2 || !data) return null;
  const since = Math.max(Math.min(...times), Date.now() - 30 * 24 * 3_600_000);
  const shown = {
    since,
    decisions: decisions.filter(({ created }) => Date.parse(created) >= since),
    setAside: pointsOf(data, 'set aside'),
    drift: pointsOf(data, 'drift'),
  };
  return (
    <Card title="What happened when">
      <figure class="chart history">
        <Picture {...shown} />
        <figcaption>
          <span class="legend">promoted</span>
          <span class="legend refused">refused</span>
          <span class="legend by-hand">decided by hand</span>
        </figcaption>
      </figure>
      <details>
        <summary>The same as a list</summary>
        <HistoryList {...shown} />
      </details>
    </Card>
  );
}

interface Shown {
  /** In milliseconds. */
  readonly since: number;
  readonly decisions: readonly DecisionAnswer[];
  readonly setAside: Points;
  readonly drift: Points;
}

function Picture({ since, decisions, setAside, drift }: Shown) {
  const [drawing, width] = useWidth();
  const end = width - size.right;
  const now = Date.now();
  const x = (time: string): number =>
    size.left + ((Math.max(since, Date.parse(time)) - since) / Math.max(1, now - since)) * (end - size.left);
  const rows = [
    { name: 'decisions' },
    { name: 'set aside', points: setAside, format: count },
    { name: 'drift', points: drift, format: (value: number) => value.toFixed(2), line: 0.25 },
  ];
  const height = rows.length * size.row + 22;
  const begin = dayAndTime(new Date(since).toISOString());
  return (
    <svg
      ref={drawing}
      viewBox={`0 0 ${width} ${height}`}
      height={height}
      role="img"
      aria-labelledby="history-title"
    >
      <title id="history-title">
        {count(decisions.length)} decisions, labels set aside and drift since {begin}; the list below says the
        same
      </title>
      {rows.map(({ name, points, format, line }, i) => (
        <g key={name} transform={`translate(0 ${i * size.row})`}>
          <text x={0} y={size.row / 2 + 4}>
            {name}
          </text>
          <line class="axis" x1={size.left} x2={end} y1={size.row - 6} y2={size.row - 6} />
          {points ? <Steps points={points} x={x} end={end} format={format} line={line} /> : null}
        </g>
      ))}
      {decisions.map(one => (
        <Decision key={`${one.created} ${one.kind}`} decision={one} x={x(one.created)} />
      ))}
      <text x={size.left} y={height - 4}>
        {begin}
      </text>
      <text x={end} y={height - 4} text-anchor="end">
        now
      </text>
    </svg>
  );
}

type Points = TrendsAnswer['trends'][number]['points'];

function pointsOf({ trends }: TrendsAnswer, name: TrendsAnswer['trends'][number]['name']): Points {
  return trends.find(trend => trend.name === name)?.points ?? [];
}

interface StepsProps {
  readonly points: Points;
  readonly x: (time: string) => number;
  readonly end: number;
  readonly format: (value: number) => string;
  /** From where on it is too much. */
  readonly line: number | undefined;
}

function Steps({ points, x, end, format, line = 0 }: StepsProps) {
  const highest = Math.max(1e-9, line, ...points.map(({ value }) => value));
  const y = (value: number): number => size.row - 6 - (value / highest) * (size.row - 18);
  const [first, ...rest] = points;
  const last = points.at(-1);
  if (!first || !last) {
    return (
      <text x={size.left + 6} y={size.row / 2 + 4}>
        not measured yet
      </text>
    );
  }
  const steps = rest.map(({ at, value }) => `H${x(at)}V${y(value)}`).join('');
  return (
    <>
      {line > 0 ? <line class="threshold" x1={size.left} x2={end} y1={y(line)} y2={y(line)} /> : null}
      <path class="champion" d={`M${x(first.at)} ${y(first.value)}${steps}H${end}`} />
      <text x={end} y={Math.max(10, y(last.value) - 4)} text-anchor="end">
        {format(last.value)}
      </text>
    </>
  );
}

function Decision({ decision, x }: { readonly decision: DecisionAnswer; readonly x: number }) {
  const { kind, promoted, model_file_name, why, created } = decision;
  const isByHand = kind !== 'training';
  const y = size.row / 2;
  const title = `${dayAndTime(created)}: ${isByHand ? kind : promoted ? 'promoted' : 'refused'} ${modelName(model_file_name)}. ${why}`;
  return (
    <g class={promoted ? 'promoted' : 'refused'}>
      {isByHand ? <path class="by-hand" d={`M${x} ${y - 9}l9 9l-9 9l-9 -9z`} /> : null}
      <circle cx={x} cy={y} r={4}>
        <title>{title}</title>
      </circle>
    </g>
  );
}

const mostListed = 50;

function HistoryList({ decisions, setAside, drift }: Shown) {
  const measured = [
    ...changesOf(setAside, value => `${count(value)} labels set aside`),
    ...changesOf(drift, value => `drift ${value.toFixed(2)}`),
  ];
  const decided = decisions.map(({ created, kind, promoted, model_file_name, made_by, why }) => ({
    at: created,
    text: `${kind === 'training' ? (promoted ? 'promoted' : 'refused') : kind}: ${modelName(model_file_name)}, by ${made_by}: ${why}`,
  }));
  const all = [...measured, ...decided].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <ul class="plain-list decisions">
      {all.slice(0, mostListed).map(({ at, text }) => (
        <li key={`${at} ${text}`}>
          <span class="muted">{dayAndTime(at)}</span> {text}
        </li>
      ))}
    </ul>
  );
}

/** Only when a number became another one. */
function changesOf(points: Points, textOf: (value: number) => string) {
  return points
    .map(({ at, value }) => ({ at, text: textOf(value) }))
    .filter(({ text }, i, all) => text !== all[i - 1]?.text);
}
