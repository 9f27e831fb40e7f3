import { drift, operatingCurve } from '@banknote-loop/testing/gate-world';
import { gaussian } from '../../learning/random.ts';

// How often the gate is right where it is known how good each model truly is: it must neither stall nor let things slide.

const differences = [0.01, 0, -0.005, -0.01, -0.02, -0.05];

describe('with 1,348 rows', () => {
  const study = { rows: 1_348, worlds: 2 };

  it.each([
    ['usual', 0.93, [1, 100, 1_000]],
    ['very unlike each other', 0.8, [1, 100]],
  ])(
    'promotes equal models and few worse ones, after any number of trainings (models are %s)',
    (_what, likeness, trainings) => {
      const curve = operatingCurve({ ...study, likeness }, differences, trainings, 20);
      for (const [better = 0, equal = 0, half = 0, one = 0, two = 0, five = 0] of curve) {
        expect(better).toBeGreaterThan(0.99);
        expect(equal).toBeGreaterThanOrEqual(0.8);
        // How many of these pass depends on the luck of the first models, of which there are few here.
        expect(half).toBeLessThan(equal);
        expect(one).toBeLessThanOrEqual(0.15);
        expect(two).toBeLessThanOrEqual(0.01);
        expect(five).toBe(0);
      }
    },
  );

  it.each([0, 0.1])(
    'loses at most half a point in 1,000 trainings, with a share of %d of labels wrong',
    labelNoise => {
      const [worst = 0] = [
        ...drift({ ...study, worlds: 1, labelNoise }, 1_000, (_, random) => 0.98 + 0.003 * gaussian(random)),
      ].sort((a, b) => a - b);
      expect(worst).toBeGreaterThanOrEqual(-0.005);
    },
  );
});

it('promotes nearly all equal models and hardly any worse one with 10,000 rows', () => {
  const curve = operatingCurve({ rows: 10_000, worlds: 1 }, differences, [1, 20], 20);
  for (const [, equal = 0, , one = 1, two = 1, five = 1] of curve) {
    expect(equal).toBeGreaterThanOrEqual(0.95);
    expect([one, two, five]).toEqual([0, 0, 0]);
  }
});

it('bounds what a thousand trainings can take away that each make a model a little worse', () => {
  const lost = drift({ rows: 1_348, worlds: 1 }, 300, champion => champion - 0.002);
  for (const one of lost) expect(one).toBeGreaterThanOrEqual(-0.01);
});
