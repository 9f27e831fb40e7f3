import fc from 'fast-check';
import { stratifiedFolds } from './folds.ts';
import { foldInputs, measureInputs, writeInputs } from './inputs.ts';
import { mixedTable } from './tables.testing.ts';

const table = mixedTable(400, 1);

describe.each(['number', 'rank'] as const)('inputs on the scale %s', scale => {
  const inputs = measureInputs(table, scale, 1);

  it('are bounded whatever a row says', () => {
    const value = fc.oneof(
      fc.double({ noDefaultInfinity: true }),
      fc.constantFrom(1e300, -1e300, Number.NaN),
    );
    fc.assert(
      fc.property(value, value, fc.nat(6), fc.nat(2), fc.nat(60), value, (a, b, kind, yes, place, c) => {
        const encoded = new Float64Array(inputs.width);
        writeInputs(inputs, Float64Array.of(a, b, kind, yes, place, c), 0, encoded, 0);
        expect(encoded.every(one => Math.abs(one) <= 3)).toBe(true);
      }),
    );
  });

  it('keep the order of numbers', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (a, more) => {
          const [low, high] = [a, a + more].map(value => {
            const encoded = new Float64Array(inputs.width);
            writeInputs(inputs, Float64Array.of(value, 0, 0, 0, 0, 0), 0, encoded, 0);
            return encoded[0] ?? Number.NaN;
          });
          expect(low).toBeLessThanOrEqual(high ?? Number.NaN);
        },
      ),
    );
  });
});

describe('foldInputs', () => {
  it('tell a row nothing of its own class, nor of those in the fold left out', () => {
    const folds = stratifiedFolds(table, 4, 1);
    const [row, leftOut] = [17, 2];
    const classes = table.classes.map((label, one) =>
      folds.of[one] === leftOut || folds.of[one] === folds.of[row] ? 1 - label : label,
    );
    const encodings = [table, { ...table, classes }].map(one => {
      const { width, encode } = foldInputs(measureInputs(one, 'number', 1), one, folds, leftOut);
      const encoded = new Float64Array(width);
      encode(row, encoded, 0);
      return encoded;
    });
    expect(encodings[0]).toEqual(encodings[1]);
  });
});
