import type { QualityAnswer } from '@banknote-loop/shared/contract';
import { counted } from '../format.ts';
import { SharesTable } from './shares-table.tsx';
import { SpreadChart } from './spread-chart.tsx';

type Drift = QualityAnswer['drift'][number];

/** By custom, below the first mark nothing has changed, and beyond the second the notes come from somewhere else. */
const marks = [0.1, 0.25] as const;
const largest = 0.4;
const size = { width: 220, height: 34 };

/** How far the latest notes have moved away from those that were learned from. */
export function DriftChart({ drift }: { readonly drift: Drift }) {
  const { name, psi, drifted, answered, bins } = drift;
  const x = (value: number): number => (Math.min(value, largest) / largest) * size.width;
  return (
    <figure class={`drift ${drifted ? 'drifted' : ''}`}>
      <figcaption>
        <b>{name === 'real' ? 'share of real' : name}</b>
        <span class="number">{psi === null ? 'too few to tell' : psi.toFixed(3)}</span>
      </figcaption>
      <SpreadChart name={name} bins={bins} />
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={sentenceOf(name, psi, drifted)}
      >
        <rect class="track" y={8} width={size.width} height={10} rx={5} />
        {psi === null ? null : <rect class="value" y={8} width={Math.max(x(psi), 4)} height={10} rx={5} />}
        {marks.map(mark => (
          <g key={mark} class="mark">
            <line x1={x(mark)} x2={x(mark)} y1={4} y2={22} />
            <text x={x(mark)} y={33} text-anchor="middle">
              {mark}
            </text>
          </g>
        ))}
      </svg>
      <details>
        <summary>
          {counted(answered, 'answer')}
          <span class="unseen">: how {name} is spread</span>
        </summary>
        <SharesTable name={name} bins={bins} />
      </details>
    </figure>
  );
}

function sentenceOf(name: string, psi: number | null, drifted: boolean): string {
  if (psi === null) return `There are too few answers to tell whether ${name} has drifted.`;
  return `The stability index of ${name} is ${psi.toFixed(3)}: ${drifted ? 'it has drifted' : 'it has not drifted'}.`;
}
