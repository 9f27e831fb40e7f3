import type { FeatureDrift } from '@banknote-loop/shared/contract';
import { useDataSet } from '../data-set.tsx';
import { pluralize } from '../format.ts';
import { binNames, isShareOfClass } from './bins.ts';
import { DistributionChart } from './distribution-chart.tsx';
import { DistributionTable } from './distribution-table.tsx';

/** The usual reading of the index: below the first nothing has changed, beyond the second the items come from elsewhere. */
const thresholds = [0.1, 0.25] as const;
const maxPsi = 0.4;
const size = { width: 220, height: 34 };

/** How far the latest items differ from the training data in one feature. */
export function DriftChart({ drift }: { readonly drift: FeatureDrift }) {
  const dataSet = useDataSet();
  const { name, psi, drifted, answered, bins } = drift;
  const nameOf = binNames(dataSet, drift);
  const x = (value: number): number => (Math.min(value, maxPsi) / maxPsi) * size.width;
  return (
    <figure class={`drift ${drifted ? 'drifted' : ''}`}>
      <figcaption>
        <b>{isShareOfClass(dataSet, name) ? `share of ${name}` : name}</b>
        <span class="number">{psi === null ? 'too few to tell' : psi.toFixed(3)}</span>
      </figcaption>
      <DistributionChart bins={bins} nameOf={nameOf} />
      <svg
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={describeDrift(name, psi, drifted)}
      >
        <rect class="track" y={8} width={size.width} height={10} rx={5} />
        {psi === null ? null : <rect class="value" y={8} width={Math.max(x(psi), 4)} height={10} rx={5} />}
        {thresholds.map(threshold => (
          <g key={threshold} class="threshold">
            <line x1={x(threshold)} x2={x(threshold)} y1={4} y2={22} />
            <text x={x(threshold)} y={33} text-anchor="middle">
              {threshold}
            </text>
          </g>
        ))}
      </svg>
      <details>
        <summary>
          {pluralize(answered, 'answer')}
          <span class="unseen">: distribution of {name}</span>
        </summary>
        <DistributionTable name={name} bins={bins} nameOf={nameOf} />
      </details>
    </figure>
  );
}

function describeDrift(name: string, psi: number | null, drifted: boolean): string {
  if (psi === null) return `There are too few answers to tell whether ${name} has drifted.`;
  return `The stability index of ${name} is ${psi.toFixed(3)}: ${drifted ? 'it has drifted' : 'it has not drifted'}.`;
}
