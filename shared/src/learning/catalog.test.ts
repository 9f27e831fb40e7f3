import { type Backend, chooseBackend } from './backend.ts';
import { meanLoss, type Task } from './candidate.ts';
import { type Candidate, catalog } from './catalog.ts';
import { stratifiedFolds } from './folds.ts';
import { measure } from './metrics.ts';
import { type Model, scoreRows } from './model.ts';
import { encodeModel } from './model-data.ts';
import { seededRandom } from './random.ts';
import { type LabelledTable, pickRows } from './table.ts';
import { mixedTable } from './tables.testing.ts';

// What holds for every way to learn, one by one: in a whole training those that are not chosen would hide behind the one that is.

const table = mixedTable(400, 1);
const holdOut = mixedTable(1_000, 2);
let backend: Backend;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
});

function taskOf(of: LabelledTable): Task {
  return { table: of, folds: stratifiedFolds(of, 3, 1), seed: 1, mostRows: Infinity };
}

function fit(candidate: Candidate, of: LabelledTable) {
  const { logScores, model } = candidate.fit(backend.tf, taskOf(of));
  const alone: Model = {
    columns: of.columns,
    classCount: of.classCount,
    members: [model],
    blend: { weights: [1], shifts: new Array<number>(of.classCount).fill(0), doubt: 0 },
  };
  return { logScores, model: alone };
}

function lossOf(model: Model, judged: LabelledTable): number {
  return meanLoss(judged, scoreRows(model, judged.values).map(Math.log));
}

/** The rows in the order of their second column, and the columns in another one. */
function inAnotherOrder(of: LabelledTable): LabelledTable {
  const width = of.columns.length;
  const places = [5, 3, 1, 4, 2, 0];
  const keyOf = (row: number): number => of.values[row * width + 1] ?? 0;
  const rows = Array.from({ length: of.count }, (_, row) => row).sort((a, b) => keyOf(a) - keyOf(b));
  const sorted = pickRows(of, rows);
  return {
    ...sorted,
    columns: places.flatMap(place => of.columns[place] ?? []),
    values: sorted.values.map(
      (_, i) => sorted.values[Math.floor(i / width) * width + (places[i % width] ?? 0)] ?? Number.NaN,
    ),
  };
}

/** The class is whether one value is missing; what is there says nothing. */
function gaps(column: 'number' | 'few kinds' | 'many kinds'): LabelledTable {
  const random = seededRandom(3);
  const size = column === 'few kinds' ? 4 : 60;
  const count = 300;
  const classes = Uint8Array.from({ length: count }, () => (random() < 0.5 ? 1 : 0));
  const values = Float64Array.from({ length: 2 * count }, (_, i) => {
    if (i % 2 === 1) return random();
    return classes[i / 2] === 1 ? Number.NaN : Math.floor(random() * size);
  });
  const first = column === 'number' ? { kind: 'number' as const } : { kind: 'category' as const, size };
  return { columns: [first, { kind: 'number' }], values, classes, classCount: 2, count };
}

describe.each(catalog.map(candidate => [candidate.name, candidate] as const))('%s', (_, candidate) => {
  it('is the same each time, to the last byte', () => {
    const [once, again] = [fit(candidate, table), fit(candidate, table)];
    expect(JSON.stringify(encodeModel(again.model))).toBe(JSON.stringify(encodeModel(once.model)));
    expect(again.logScores).toEqual(once.logScores);
  });

  it.each(['number', 'few kinds', 'many kinds'] as const)('learns from what is missing: %s', column => {
    const { logScores, model } = fit(candidate, gaps(column));
    const judged = gaps(column);
    expect(measure({ ...judged, scores: logScores.map(Math.exp) }).accuracy).toBeGreaterThan(0.97);
    expect(measure({ ...judged, scores: scoreRows(model, judged.values) }).accuracy).toBeGreaterThan(0.97);
  });

  it('learns as well from sorted rows, and from columns in another order', () => {
    // So many that no fit looks at all of them at once.
    const table = mixedTable(900, 3);
    const straight = fit(candidate, table);
    const other = fit(candidate, inAnotherOrder(table));
    const far = lossOf(other.model, inAnotherOrder(holdOut)) - lossOf(straight.model, holdOut);
    const outOfFold = meanLoss(inAnotherOrder(table), other.logScores) - meanLoss(table, straight.logScores);
    expect(Math.abs(far)).toBeLessThan(0.12);
    expect(Math.abs(outOfFold)).toBeLessThan(0.12);
  });

  it('answers rows that it has not seen as it said that it would', () => {
    const { logScores, model } = fit(candidate, table);
    expect(lossOf(model, holdOut)).toBeLessThan(meanLoss(table, logScores) + 0.05);
  });
});
