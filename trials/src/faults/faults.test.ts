import { runFaults } from './run.ts';

// The short form of `npm run faults`: the same faults, a fraction of the time.

it('loses nothing and doubles nothing under every fault, alone and together', async () => {
  const report = await runFaults({
    notes: 2_000,
    ratings: 300,
    seconds: 20,
    seed: 7,
    burst: 0,
    print: () => undefined,
  });
  expect(report.findings).toEqual([]);
  expect(report.sent).toMatchObject({ notes: 2_000, ratings: 300 });
  // Chance decides how often each fault strikes, but none of them may have stayed away.
  expect(report.injected).toMatchObject({
    duplicate: expect.any(Number),
    'PostgreSQL restarted': expect.any(Number),
    'Redis wiped': expect.any(Number),
    'Pub/Sub restarted': expect.any(Number),
  });
  expect(report.redeliveries).toBeGreaterThan(0);
});
