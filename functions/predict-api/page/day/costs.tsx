import type { DayAnswer } from '@banknote-loop/shared/contract';
import { useDataSet } from '../data-set.tsx';
import { count, countItems } from '../format.ts';
import { NumberCard } from './number-card.tsx';
import { Sparkline } from './sparkline.tsx';

const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });

/** What this month's use costs by list prices, as far as it can be known from how much it was. */
export function Costs({ cost }: Pick<DayAnswer, 'cost'>) {
  const dataSet = useDataSet();
  const { usd, notes, batches, items, trend } = cost;
  return (
    <NumberCard
      title="This month's use"
      value={dollars.format(usd)}
      detail={`by list prices, for ${countItems(dataSet, notes)} in ${count(batches)} ${batches === 1 ? 'batch' : 'batches'}, beyond what is free; without what is there when nothing comes`}
      why={{ href: '/docs', text: 'npm run deploy -- cost adds the rest' }}
    >
      <Sparkline name="Cost so far" points={trend} format={value => dollars.format(value)} />
      <details>
        <summary>What it is made of</summary>
        <dl class="cost-items">
          {items.map(({ name, amount, usd: price }) => (
            <div key={name}>
              <dt>
                {name} <small>{amount}</small>
              </dt>
              <dd>{dollars.format(price)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </NumberCard>
  );
}
