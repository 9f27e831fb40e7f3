import { drift, operatingCurve } from '@banknote-loop/testing/gate-world';

// How often the gate is right where it is known how good each model truly is: it must neither stall nor let things slide.
// Few worlds, so that it takes seconds; `npm run gate-curve` asks many, and docs/model.md has what they say.

const differences = [0.01, 0, -0.005, -0.01, -0.02, -0.05];

it('promotes equal models and few worse ones with 1,348 rows, after any number of trainings', () => {
  const curve = operatingCurve({ rows: 1_348, worlds: 6, seed: 71_000 }, differences, [1, 250], 12);
  for (const [better = 0, equal = 0, half = 0, one = 0, two = 0, five = 0] of curve) {
    expect(better).toBeGreaterThanOrEqual(0.95);
    expect(equal).toBeGreaterThanOrEqual(0.8);
    expect(half).toBeLessThan(0.15);
    expect([one, two, five]).toEqual([0, 0, 0]);
  }
});

it('does so, as far as chance lets it, where models have nothing in common but how good they are', () => {
  const [[equal = 0, one = 1, two = 1, five = 1] = []] = operatingCurve(
    { rows: 1_348, worlds: 30, seed: 72_000, likeness: 0 },
    [0, -0.01, -0.02, -0.05],
    [1],
    6,
  );
  expect(equal).toBeGreaterThanOrEqual(0.8);
  expect(one).toBeLessThanOrEqual(0.15);
  expect(two).toBeLessThanOrEqual(0.01);
  expect(five).toBe(0);
});

it('promotes nearly all equal models and hardly any worse one with 10,000 rows', () => {
  const curve = operatingCurve(
    { rows: 10_000, worlds: 1, seed: 73_000 },
    [0, -0.01, -0.02, -0.05],
    [1, 10],
    8,
  );
  for (const [equal = 0, one = 1, two = 1, five = 1] of curve) {
    expect(equal).toBeGreaterThanOrEqual(0.95);
    expect([one, two, five]).toEqual([0, 0, 0]);
  }
});

it.each([0, 0.1])(
  'loses at most half a point however often models are a little worse than the champion, with a share of %d of labels wrong',
  labelNoise => {
    const [lost = -1] = drift(
      { rows: 1_348, worlds: 1, seed: 74_000, labelNoise },
      500,
      champion => champion - 0.002,
    );
    expect(lost).toBeGreaterThanOrEqual(-0.005);
  },
);
