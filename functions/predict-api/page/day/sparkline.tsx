import type { TrendPoints } from '@banknote-loop/shared/contract';
import { dayAndTime } from '../format.ts';
import { useWidth } from '../ui/use-width.ts';

const height = 48;

interface Props {
  readonly name: string;
  readonly points: TrendPoints;
  readonly format: (value: number) => string;
  /** From here on it is too much. */
  readonly line?: number;
}

/** How a number has been, in a line without axes; the first and the last value stand beside it. */
export function Sparkline({ name, points, format, line }: Props) {
  const [drawing, width] = useWidth();
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || first === last) return <p class="no-trend muted">No trend yet.</p>;
  const [from, to] = [Date.parse(first.at), Date.parse(last.at)];
  const highest = Math.max(1e-9, line ?? 0, ...points.map(({ value }) => value));
  const x = (at: string): number => ((Date.parse(at) - from) / Math.max(1, to - from)) * (width - 6) + 3;
  const y = (value: number): number => height - 3 - (value / highest) * (height - 8);
  const path = points.map(({ at, value }, i) => `${i === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('');
  const label = `${name}: from ${format(first.value)}, ${dayAndTime(first.at)}, to ${format(last.value)}, ${dayAndTime(last.at)}`;
  return (
    <figure class="sparkline">
      <svg ref={drawing} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {line === undefined ? null : <line class="threshold" x1={0} x2={width} y1={y(line)} y2={y(line)} />}
        <path d={path} />
        <circle cx={x(last.at)} cy={y(last.value)} r={3} />
      </svg>
      <figcaption>
        <span>{dayAndTime(first.at)}</span> <span>{dayAndTime(last.at)}</span>
      </figcaption>
    </figure>
  );
}
