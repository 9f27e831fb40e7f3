import { wilsonInterval } from './wilson.ts';

describe('wilsonInterval', () => {
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('gives for %i of %i what Newcombe (1998) prints for the score method', (correct, rows, low, high) => {
    const interval = wilsonInterval(correct, rows);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('knows nothing from no rows', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it('still leaves room for error when every row was right', () => {
    expect(wilsonInterval(275, 275).high).toBe(1);
    expect(wilsonInterval(275, 275).low).toBeCloseTo(0.9862, 4);
  });
});
