import { runFuzz } from './run.ts';

// The short form of `npm run fuzz`, which also weighs what the heaviest bodies cost.

it('answers every hostile request, and neither crashes nor hangs nor keeps the memory', async () => {
  const { findings } = await runFuzz({ requests: 3_000, seed: 1, weigh: false });
  expect(findings).toEqual([]);
});
