import { rowsInside, rowsOutside, stratifiedFolds } from '../folds.ts';
import { compileModel } from '../model.ts';
import { gaussian, type Random, seededRandom } from '../random.ts';
import { type LabelledTable, pickRows } from '../table.ts';
import { mixedTable } from '../tables.testing.ts';
import { compileNovelty, fitNovelty } from './novelty.ts';

/** From here on one known row in a hundred is called unlike. */
const unlikeFrom = 0.99;

/** Two crowds on the diagonal of as many numbers as are asked for, with nothing between and around them. */
function crowds(count: number, width: number, seed: number): LabelledTable {
  const random = seededRandom(seed);
  const classes = Uint8Array.from({ length: count }, (_, row) => row % 2);
  const values = Float64Array.from(
    { length: count * width },
    (_, i) => ((classes[Math.floor(i / width)] ?? 0) * 2 - 1) * 4 + gaussian(random),
  );
  const columns = Array.from({ length: width }, () => ({ kind: 'number' as const }));
  return { columns, values, classes, classCount: 2, count };
}

function halves(table: LabelledTable) {
  const folds = stratifiedFolds(table, 2, 1);
  return {
    known: pickRows(table, rowsOutside(table, folds, 0, Infinity, seededRandom(1))),
    heldOut: pickRows(table, rowsInside(folds, 0)),
  };
}

function shareOf(numbers: Float64Array, test: (number: number) => boolean): number {
  return numbers.filter(test).length / numbers.length;
}

const isUnlike = (number: number): boolean => number >= unlikeFrom;

function rows(count: number, draw: () => readonly number[]): Float64Array {
  return Float64Array.from(Array.from({ length: count }, draw).flat());
}

/** In none of the crowds: between them, or on the other diagonal, or well outside. */
function emptyRow(width: number, random: Random): number[] {
  const places: readonly ((i: number) => number)[] = [
    () => 0,
    i => (i % 2 === 0 ? 4 : -4),
    () => 12,
    i => (i === 0 ? 30 : 4),
  ];
  const place = places[Math.floor(random() * places.length)] ?? (() => 0);
  return Array.from({ length: width }, (_, i) => place(i) + 0.3 * gaussian(random));
}

describe('novelty', () => {
  it.each([
    [2, 300],
    [4, 1_500],
    [20, 2_000],
    [60, 1_000],
  ])('of %i numbers finds what lies in empty regions among %i rows', (width, count) => {
    const { known, heldOut } = halves(crowds(count, width, 1));
    const score = compileNovelty(fitNovelty(known, 7));
    expect(shareOf(score(heldOut.values).unlike, isUnlike)).toBeLessThan(0.03);
    const random = seededRandom(2);
    const empty = score(rows(400, () => emptyRow(width, random)));
    expect(shareOf(empty.unlike, isUnlike)).toBeGreaterThan(0.95);
  });

  it('is a percentile: of rows like the known ones so many lie below as it says', () => {
    const { known, heldOut } = halves(crowds(4_000, 3, 4));
    const { unlike } = compileNovelty(fitNovelty(known, 7))(heldOut.values);
    for (const share of [0.25, 0.5, 0.9, 0.99]) {
      expect(Math.abs(shareOf(unlike, one => one < share) - share)).toBeLessThan(0.03);
    }
  });

  it('knows categories and missing values, and what of them it has never seen', () => {
    const { known, heldOut } = halves(mixedTable(1_500, 3));
    // Of the third column's six categories one, and of the second column a missing value, are never met.
    const values = known.values.map((value, i) => (i % 6 === 2 && value === 5 ? 4 : value));
    const score = compileNovelty(fitNovelty({ ...known, values }, 7));
    const usual = heldOut.values.map((value, i) => (i % 6 === 2 && value === 5 ? 4 : value));
    expect(shareOf(score(usual).unlike, isUnlike)).toBeLessThan(0.03);
    const withColumn = (column: number, value: number) =>
      usual.map((one, i) => (i % 6 === column ? value : one));
    expect(shareOf(score(withColumn(2, 5)).unlike, isUnlike)).toBe(1);
    expect(shareOf(score(withColumn(2, 6)).unlike, isUnlike)).toBe(1);
    expect(shareOf(score(withColumn(1, Number.NaN)).unlike, isUnlike)).toBeGreaterThan(0.98);
    expect(shareOf(score(withColumn(0, Number.NaN)).unlike, isUnlike)).toBeLessThan(0.2);
  });

  it('knows a few rows in a region of their own, however many others there are', () => {
    const table = crowds(20_000, 4, 5);
    const random = seededRandom(6);
    const far = rows(12, () => [9, -9, 9, -9].map(value => value + 0.1 * gaussian(random)));
    const values = table.values.slice();
    values.set(far, 4 * 700);
    const { unlike } = compileNovelty(fitNovelty({ ...table, values }, 7))(far);
    expect(Math.max(...unlike)).toBeLessThan(unlikeFrom);
  });

  it('says the same each time, and nothing else because of one absurd value', () => {
    const { known, heldOut } = halves(crowds(600, 4, 8));
    const novelty = fitNovelty(known, 7);
    expect(fitNovelty(known, 7)).toEqual(novelty);
    const values = known.values.slice();
    values[4 * 17] = 1e300;
    const clean = compileNovelty(novelty)(heldOut.values).unlike;
    const soiled = compileNovelty(fitNovelty({ ...known, values }, 7))(heldOut.values).unlike;
    // Of what is near, it does not matter how near exactly it is.
    const changes = soiled.map((one, row) => Math.abs(Math.max(one, 0.9) - Math.max(clean[row] ?? 0, 0.9)));
    expect(changes.reduce((sum, one) => sum + one, 0) / changes.length).toBeLessThan(0.01);
  });

  it('ranks what is far by how far it is, up to the largest numbers', () => {
    const score = compileNovelty(fitNovelty(crowds(500, 2, 9), 7));
    const { unlike, trust } = score(Float64Array.of(10, 10, 50, 50, 1e4, 1e4, 1e300, -1e300));
    expect([...unlike]).toEqual([...new Set(unlike)].sort((a, b) => a - b));
    expect([...trust]).toEqual([...new Set(trust)].sort((a, b) => b - a));
    expect(Math.max(...unlike)).toBeLessThanOrEqual(1);
    expect(Math.min(...trust)).toBeGreaterThan(0);
  });

  it('learns from very few rows, and from rows that are all the same', () => {
    for (const count of [1, 2, 20]) {
      const table = crowds(count, 2, 3);
      const same = { ...table, values: table.values.map(() => 5) };
      for (const one of [table, same]) {
        const { unlike, trust } = compileNovelty(fitNovelty(one, 7))(Float64Array.of(5, 5, 90, Number.NaN));
        expect([...unlike, ...trust].every(number => number >= 0 && number <= 1)).toBe(true);
      }
    }
  });
});

describe('a model that knows its rows', () => {
  const columns = [{ kind: 'number' as const }, { kind: 'number' as const }];
  const encoders = columns.map(() => ({ kind: 'plain' as const, centre: 0, scale: 1 }));
  const layer = { units: 1, weights: Float32Array.of(3, 3), biases: Float32Array.of(0) };
  const bare = {
    columns,
    classCount: 2,
    members: [
      { kind: 'networks' as const, networks: { inputs: { encoders, width: 2 }, members: [[layer]] } },
    ],
    blend: { weights: [1], shifts: [0, 0], doubt: 0 },
  };
  const table = crowds(600, 2, 10);
  const before = compileModel(bare);
  const now = compileModel({ ...bare, novelty: fitNovelty(table, 7) });

  it('answers known rows as it would without', () => {
    const { heldOut } = halves(table);
    expect(now.probabilities(heldOut.values)).toEqual(before.probabilities(heldOut.values));
    expect(before.answer(heldOut.values).unlike).toBeUndefined();
  });

  it('is not sure far away from everything, and the less the further', () => {
    const far = Float64Array.of(20, 20, 200, 200, 2e6, 2e6);
    const sure = [...before.probabilities(far)].filter((_, i) => i % 2 === 1);
    const doubtful = [...now.probabilities(far)].filter((_, i) => i % 2 === 1);
    expect(Math.min(...sure)).toBeGreaterThan(0.999);
    expect(doubtful).toEqual([...doubtful].sort((a, b) => b - a));
    expect(Math.max(...doubtful)).toBeLessThan(0.9);
    expect(Math.min(...doubtful)).toBeGreaterThan(0.5);
    for (const [i, one] of now.probabilities(far).entries()) {
      if (i % 2 === 0) expect(one + (doubtful[i / 2] ?? 0)).toBeCloseTo(1, 12);
    }
  });
});
