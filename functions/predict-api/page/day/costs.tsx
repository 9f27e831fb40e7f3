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
      title="Cost of this month's use"
      value={dollars.format(usd)}
      detail={`use alone, by list prices: ${countItems(dataSet, notes)} in ${count(batches)} ${batches === 1 ? 'batch' : 'batches'}, beyond what is free`}
      why={{ href: '#/loop', text: 'What goes through the loop' }}
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
        <p class="muted">
          Not in it: what a deployment costs when nothing comes, such as its database. That is said by{' '}
          <code>npm run deploy -- cost</code>.
        </p>
      </details>
    </NumberCard>
  );
}
