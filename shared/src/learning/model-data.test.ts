import fc from 'fast-check';
import { type Backend, chooseBackend } from './backend.ts';
import { catalog } from './catalog.ts';
import { stratifiedFolds } from './folds.ts';
import { type Model, scoreRows } from './model.ts';
import { encodeModel, modelData } from './model-data.ts';
import { fitNovelty } from './novelty/novelty.ts';
import { mixedTable } from './tables.testing.ts';

const table = mixedTable(200, 1, 3);
let backend: Backend;
let model: Model;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
  const task = { table, folds: stratifiedFolds(table, 2, 1), seed: 1, mostRows: Infinity };
  const members = catalog.map(candidate => candidate.fit(backend.tf, task).model);
  const weights = members.map(() => 1 / members.length);
  model = {
    columns: table.columns,
    classCount: 3,
    members,
    blend: { weights, shifts: [0, 0.1, -0.1], doubt: 0.001 },
    novelty: fitNovelty(table, 1),
  };
});

function written(): string {
  return JSON.stringify(encodeModel(model));
}

describe('a model as data', () => {
  it('answers as before once read, for any row', () => {
    const read = modelData.parse(JSON.parse(written()));
    const value = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(value, value, fc.nat(6), fc.nat(2), fc.nat(60), value, (...row) => {
        const values = Float64Array.from(row);
        const scores = scoreRows(read, values);
        expect(scores).toEqual(scoreRows(model, values));
        expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is refused, or gives probabilities, wherever it is damaged', () => {
    const text = written();
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.constantFrom('0', 'A', '9', '/', '-', '"'),
        (place, character) => {
          const damaged = text.slice(0, place) + character + text.slice(place + 1);
          const read = modelData.safeParse(parse(damaged));
          if (!read.success) return;
          const scores = scoreRows(read.data, table.values.subarray(0, 5 * table.columns.length));
          expect(scores.every(score => score >= 0 && score <= 1)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a class more', (data: Model) => ({ ...data, classCount: 4 }), 'blend does not fit'],
    [
      'a column less',
      (data: Model) => ({ ...data, columns: data.columns.slice(1) }),
      'one encoder for each column',
    ],
    [
      'places that are no whole rows',
      ({ novelty, ...data }: Model) => ({
        ...data,
        ...(novelty && { novelty: { ...novelty, places: novelty.places.subarray(1) } }),
      }),
      'known of rows does not fit',
    ],
    ['no member', (data: Model) => ({ ...data, members: [] }), '>=1'],
  ])('is refused with %s', (_, change, message) => {
    expect(() => modelData.parse(encodeModel(change(model)))).toThrow(message);
  });
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
