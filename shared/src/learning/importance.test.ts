import { chooseBackend } from './backend.ts';
import { measureImportance } from './importance.ts';
import { learn } from './learn.ts';
import { mixedTable } from './tables.testing.ts';

it('finds what the classes follow from, and that noise is worth nothing', async () => {
  const { tf } = await chooseBackend('wasm');
  const { model } = await learn(tf, mixedTable(600, 1), { seed: 1, budgetSeconds: 2 });
  const worth = measureImportance(model, mixedTable(600, 2), 1);
  expect(worth.map(({ column }) => column)).toEqual([0, 1, 2, 3, 4, 5]);
  const [first, , , yesNo, , noise] = worth.map(({ logLoss }) => logLoss);
  expect(first).toBeGreaterThan(0.2);
  expect(yesNo).toBeGreaterThan(0.2);
  expect(Math.abs(noise ?? 1)).toBeLessThan(0.05);
});
