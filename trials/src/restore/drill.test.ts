import { runDrill } from './drill.ts';

it('gets everything back after an accident, and what the log has after a disaster, and the rest by delivering again', async () => {
  const { base, accident, disaster, missingAtLast } = await runDrill({ batches: 20 });
  expect(base.megabytes).toBeGreaterThan(1);
  // Nothing of what was acknowledged before the accident, and nothing of the accident.
  expect(accident).toEqual({ seconds: expect.any(Number), batches: 60, lost: 0 });
  // What came last had not been carried away.
  expect(disaster.batches).toBeGreaterThan(0);
  expect(disaster.lost).toBeGreaterThan(0);
  expect(missingAtLast).toBe(0);
}, 300_000);
