import { penguins } from '@banknote-loop/testing/data-sets';
import { encodeRow, type Row } from '../data-set/row.ts';
import { NearItems } from './near-items.ts';

const penguin: Row = ['Dream', 46.5, 17.9, 192, 3_500, 'FEMALE'];

/** Which of these are one item, by numbers. */
function itemsOf(rows: readonly Row[]): readonly number[] {
  const near = new NearItems<number>(penguins, { count: 0, features: new Float64Array() });
  let items = 0;
  return rows.map(row => {
    return near.findOrAdd(encodeRow(penguins, row), () => {
      items += 1;
      return items;
    });
  });
}

it('takes items for one whose numbers are all but the same, also from one island after another that nobody knows', () => {
  const copies = Array.from({ length: 60 }, (_, i) =>
    penguin.with(0, `Atlantis ${i}`).with(1, 46.5 + i / 1e6),
  );
  expect(new Set(itemsOf(copies)).size).toBe(1);
});

it('takes items for several that differ in what is known of them', () => {
  expect(
    itemsOf([penguin, penguin.with(0, 'Biscoe'), penguin.with(0, 'Atlantis'), penguin.with(5, null)]),
  ).toEqual([1, 2, 3, 4]);
});
