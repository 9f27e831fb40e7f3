import type { DriftBin } from '@banknote-loop/shared/contract';
import { percent } from '../format.ts';
import type { NameBin } from './bins.ts';

interface Props {
  readonly name: string;
  readonly bins: readonly DriftBin[];
  readonly nameOf: NameBin;
}

/** The distribution in numbers. */
export function DistributionTable({ name, bins, nameOf }: Props) {
  return (
    <table>
      <caption class="unseen">Distribution of {name}</caption>
      <thead>
        <tr>
          <th scope="col">{name}</th>
          <th scope="col" class="number">
            learned
          </th>
          <th scope="col" class="number">
            latest
          </th>
        </tr>
      </thead>
      <tbody>
        {bins.map(bin => (
          <tr key={nameOf(bin)}>
            <th scope="row">{nameOf(bin)}</th>
            <td class="number">{percent(bin.learned_share)}</td>
            <td class="number">{percent(bin.answered_share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
