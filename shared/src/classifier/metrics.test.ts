import { meanLogLoss, measure } from './metrics.ts';

describe('measure', () => {
  it('counts by true class and by answer', () => {
    const { confusion, accuracy, correct, rows } = measure([0.9, 0.5, 0.2, 0.7, 0.1, 0], [1, 1, 1, 0, 0, 0]);
    expect(confusion).toEqual({ realCalledReal: 2, realCalledFake: 1, fakeCalledReal: 1, fakeCalledFake: 2 });
    expect({ accuracy, correct, rows }).toEqual({ accuracy: 4 / 6, correct: 4, rows: 6 });
  });

  it('gives each class its precision, recall, F1 and support by their definitions', () => {
    const { classes } = measure([0.9, 0.8, 0.3, 0.6, 0.2], [1, 1, 1, 0, 0]);
    expect(classes.real).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 });
    expect(classes.fake).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 });
  });

  it('calls a share of nothing 0', () => {
    expect(measure([], [])).toMatchObject({
      accuracy: 0,
      logLoss: 0,
      classes: { real: { recall: 0, f1: 0 } },
    });
  });
});

describe('meanLogLoss', () => {
  it("gives the value in the documentation of scikit-learn's log_loss", () => {
    expect(meanLogLoss([0.9, 0.1, 0.2, 0.65], [1, 0, 0, 1])).toBeCloseTo(0.21616, 5);
  });

  it('is ln 2 for a model that always says one half', () => {
    expect(meanLogLoss([0.5, 0.5], [1, 0])).toBeCloseTo(Math.LN2, 12);
  });

  it('stays finite for a wrong answer that was certain', () => {
    expect(meanLogLoss([0], [1])).toBeCloseTo(-Math.log(1e-15), 9);
  });
});
