import { populationStability } from './psi.ts';

describe('populationStability', () => {
  it('is 0 for equal shapes, whatever their sizes', () => {
    expect(populationStability([10, 20, 70], [1, 2, 7])).toBeCloseTo(0, 12);
  });

  it('gives the sum of its definition, worked out by hand', () => {
    // (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5) = 0.018232 + 0.022314
    expect(populationStability([50, 50], [60, 40])).toBeCloseTo(0.040547, 6);
  });

  it('is the same in both directions, and large but finite when a bin empties', () => {
    expect(populationStability([50, 50], [100, 0])).toBeCloseTo(populationStability([100, 0], [50, 50]), 12);
    expect(populationStability([50, 50], [100, 0])).toBeGreaterThan(0.25);
  });

  it('is 0 while there is nothing to compare', () => {
    expect(populationStability([1, 2], [0, 0])).toBe(0);
  });

  it('refuses histograms over different bins', () => {
    expect(() => populationStability([1], [1, 2])).toThrow('1 and 2 bins');
  });
});
