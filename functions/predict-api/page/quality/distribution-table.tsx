import { percent } from '../format.ts';
import { type Bin, rangeOf } from './bins.ts';

/** The distribution in numbers. */
export function DistributionTable({ name, bins }: { readonly name: string; readonly bins: readonly Bin[] }) {
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
          <tr key={bin.lower}>
            <th scope="row">{rangeOf(name, bin)}</th>
            <td class="number">{percent(bin.learned_share)}</td>
            <td class="number">{percent(bin.answered_share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
