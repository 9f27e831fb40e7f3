import fc from 'fast-check';
import { calledClass, meanLogLoss } from '../learning/metrics.ts';
import { probabilitiesOf } from './metrics.testing.ts';
import { measurePredictions } from './metrics.ts';

const twoClasses = ['fake', 'real'];

describe('measure', () => {
  it('counts by true class and by answer', () => {
    const metrics = measurePredictions(
      probabilitiesOf([0.9, 0.5, 0.2, 0.7, 0.1, 0]),
      [1, 1, 1, 0, 0, 0],
      twoClasses,
    );
    expect(metrics).toMatchObject({
      confusion: [
        [2, 1],
        [1, 2],
      ],
      accuracy: 4 / 6,
      interval: { low: expect.closeTo(0.3, 2), high: expect.closeTo(0.903, 2) },
      correct: 4,
      rows: 6,
    });
  });

  it('gives each class its precision, recall, F1 and support by their definitions', () => {
    const { classes } = measurePredictions(
      probabilitiesOf([0.9, 0.8, 0.3, 0.6, 0.2]),
      [1, 1, 1, 0, 0],
      twoClasses,
    );
    expect(classes.real).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 });
    expect(classes.fake).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
  });

  it("gives the values in the documentation of scikit-learn's classification_report, of three classes", () => {
    const called = [0, 0, 2, 1, 0];
    const probabilities = called.flatMap(one => [0, 1, 2].map(number => (number === one ? 0.8 : 0.1)));
    const { classes, macro, confusion } = measurePredictions(probabilities, [0, 1, 2, 2, 0], ['a', 'b', 'c']);
    expect(confusion).toEqual([
      [2, 0, 0],
      [1, 0, 0],
      [0, 1, 1],
    ]);
    expect(classes).toEqual({
      a: { precision: 2 / 3, recall: 1, f1: 0.8, support: 2 },
      b: { precision: 0, recall: 0, f1: 0, support: 1 },
      c: { precision: 1, recall: 0.5, f1: 2 / 3, support: 2 },
    });
    expect(macro).toEqual({
      precision: expect.closeTo(5 / 9),
      recall: 0.5,
      f1: expect.closeTo((0.8 + 2 / 3) / 3),
    });
  });

  it('calls a share of nothing 0', () => {
    expect(measurePredictions([], [], twoClasses)).toMatchObject({
      accuracy: 0,
      logLoss: 0,
      classes: { real: { recall: 0, f1: 0 } },
    });
  });
});

describe('calledClass', () => {
  it('calls class 1 from a score of one half, and class 0 below it or where there is no number', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1 }), score => {
        expect(calledClass(probabilitiesOf([score]), 0, 2)).toBe(score >= 0.5 ? 1 : 0);
      }),
      { examples: [[0.5], [0.5 - 2 ** -54], [Number.NaN], [0], [1]] },
    );
  });

  it('finds the likeliest of many, in the right row', () => {
    expect(calledClass([1, 0, 0, 0.2, 0.5, 0.3], 1, 3)).toBe(1);
  });
});

describe('meanLogLoss', () => {
  it("gives the value in the documentation of scikit-learn's log_loss", () => {
    expect(meanLogLoss(probabilitiesOf([0.9, 0.1, 0.2, 0.65]), [1, 0, 0, 1], 2)).toBeCloseTo(0.21616, 5);
  });

  it('is ln 2 for a model that always says one half', () => {
    expect(meanLogLoss([0.5, 0.5, 0.5, 0.5], [1, 0], 2)).toBeCloseTo(Math.LN2, 12);
  });

  it('stays finite for a wrong answer that was certain', () => {
    expect(meanLogLoss([1, 0], [1], 2)).toBeCloseTo(-Math.log(1e-15), 9);
  });

  it('asks of many classes only the probability of the true one', () => {
    expect(meanLogLoss([0.2, 0.3, 0.5, 0.1, 0.8, 0.1], [2, 1], 3)).toBeCloseTo(
      -(Math.log(0.5) + Math.log(0.8)) / 2,
      12,
    );
  });
});
