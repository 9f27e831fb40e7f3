import type { DriftBin } from '@banknote-loop/shared/contract';
import { type NameBin, rounded } from './bins.ts';

const size = { width: 220, height: 64, bottom: 14 };
const floor = size.height - size.bottom;

interface Props {
  readonly bins: readonly DriftBin[];
  readonly nameOf: NameBin;
}

/**
 * What share of the items lies in each bin: an area for those that were learned from, a line for the latest. The bins
 * are drawn equally wide, as they hold equally many of the former: where nothing has moved, the line lies on the edge.
 */
export function DistributionChart({ bins, nameOf }: Props) {
  const highest = Math.max(
    ...bins.flatMap(({ learned_share, answered_share }) => [learned_share, answered_share]),
  );
  const y = (share: number): number => floor - (share / (highest || 1)) * (floor - 2);
  const learned = stepsThrough(bins.map(({ learned_share }) => y(learned_share)));
  const answered = stepsThrough(bins.map(({ answered_share }) => y(answered_share)));
  return (
    <svg class="distribution" viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
      <path class="learned" d={`M0 ${floor}L${learned}V${floor}z`} />
      <path class="answered" d={`M${answered}`} />
      {ticksOf(bins, nameOf).map(({ at, text }) => (
        <text key={at} x={(at / bins.length) * size.width} y={size.height - 2} text-anchor="middle">
          {text}
        </text>
      ))}
    </svg>
  );
}

function stepsThrough(heights: readonly number[]): string {
  const step = size.width / heights.length;
  const steps = heights.map((height, bin) => `V${height}H${(bin + 1) * step}`).join('');
  return `0 ${heights[0] ?? floor}${steps}`;
}

interface Tick {
  /** How many bins lie to its left. */
  readonly at: number;
  readonly text: string;
}

const maxNamed = 4;
/** In all of the chart's width. */
const maxLetters = 40;

/** A few bins can be named; of the values of a feature, three tell where its bins lie. */
function ticksOf(bins: readonly DriftBin[], nameOf: NameBin): readonly Tick[] {
  const isNumber = bins.some(({ lower }) => lower !== null);
  if (bins.length <= 2 || !isNumber) return bins.length <= maxNamed ? namesUnder(bins, nameOf) : [];
  // What is missing has a bin of its own, behind the others.
  const last = bins.findLastIndex(({ lower }) => lower !== null);
  return [...new Set([1, Math.ceil((last + 1) / 2), last])].flatMap(at => {
    const edge = bins[at]?.lower;
    return edge == null ? [] : [{ at, text: rounded(edge) }];
  });
}

function namesUnder(bins: readonly DriftBin[], nameOf: NameBin): readonly Tick[] {
  const most = Math.floor(maxLetters / bins.length);
  return bins.map((bin, i) => {
    const name = nameOf(bin);
    return { at: i + 0.5, text: name.length > most ? `${name.slice(0, most - 1)}…` : name };
  });
}
