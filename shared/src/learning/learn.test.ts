import { bankData } from '@banknote-loop/testing/bank-data';
import { type Backend, chooseBackend } from './backend.ts';
import { costOf, mostCost } from './cost.ts';
import { rowsInside, rowsOutside, stratifiedFolds } from './folds.ts';
import { learn } from './learn.ts';
import { measure } from './metrics.ts';
import { scoreRows } from './model.ts';
import { encodeModel, modelData } from './model-data.ts';
import { seededRandom, shuffle } from './random.ts';
import { type LabelledTable, pickRows } from './table.ts';
import { mixedTable } from './tables.testing.ts';

const short = { seed: 7, budgetSeconds: 3 };
let backend: Backend;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
});

function bankTable(): LabelledTable {
  const { features, classes, count } = bankData();
  const columns = Array.from({ length: features.length / count }, () => ({ kind: 'number' as const }));
  return { columns, values: features, classes, classCount: 2, count };
}

function answers(scores: Float64Array, classCount: number): number[] {
  return Array.from({ length: scores.length / classCount }, (_, row) => {
    const own = scores.subarray(row * classCount, (row + 1) * classCount);
    return own.indexOf(Math.max(...own));
  });
}

function halves(table: LabelledTable) {
  const folds = stratifiedFolds(table, 2, 1);
  const seen = rowsOutside(table, folds, 0, Infinity, seededRandom(1));
  return { seen: pickRows(table, seen), holdOut: pickRows(table, rowsInside(folds, 0)) };
}

describe('learn', () => {
  it('gives the same model for the same rows and seed, byte for byte, and another one for another seed', async () => {
    const table = mixedTable(300, 1);
    const encode = async (seed: number) =>
      JSON.stringify(encodeModel((await learn(backend.tf, table, { ...short, seed })).model));
    const first = await encode(7);
    expect(await encode(7)).toBe(first);
    expect(await encode(8)).not.toBe(first);
  });

  it.each([2, 4])('tells %i classes apart by mixed columns, and knows how sure it is', async classCount => {
    const { seen, holdOut } = halves(mixedTable(1_600, 2, classCount));
    const { model, scores, report } = await learn(backend.tf, seen, short);
    const outOfFold = measure({ scores, classes: seen.classes, classCount });
    const held = measure({ scores: scoreRows(model, holdOut.values), classes: holdOut.classes, classCount });
    expect(report.chosen).toEqual(outOfFold);
    expect(model.members.reduce((sum, member) => sum + costOf(member), 0)).toBeLessThan(mostCost(seen));
    expect(held.accuracy).toBeGreaterThan(classCount === 2 ? 0.85 : 0.7);
    expect(Math.abs(held.logLoss - outOfFold.logLoss)).toBeLessThan(0.1);
    expect(held.calibrationError).toBeLessThan(0.08);
    const families = report.candidates.map(({ family }) => family);
    expect(families).toEqual(expect.arrayContaining(['linear', 'perceptron', 'trees']));
  });

  it('says whether time was too short for a candidate', async () => {
    const table = mixedTable(300, 1);
    const hurried = async (budgetSeconds: number) =>
      (await learn(backend.tf, table, { seed: 7, budgetSeconds })).isHurried;
    expect(await hurried(0.01)).toBe(true);
    expect(await hurried(60)).toBe(false);
  });

  it('keeps an earlier choice while the rows are about the same, and makes it anew when they are not', async () => {
    const table = mixedTable(400, 3);
    const { choice } = await learn(backend.tf, table, short);
    const again = await learn(backend.tf, mixedTable(420, 3), { ...short, choice });
    expect(again.choice).toEqual(choice);
    expect(again.report.candidates.map(({ name }) => name).sort()).toEqual([...choice.members].sort());
    const more = await learn(backend.tf, mixedTable(800, 3), { ...short, choice });
    expect(more.report.candidates.length).toBeGreaterThan(choice.members.length);
    expect(more.choice.rows).toBe(800);
  });

  it('answers every other row the same though one value is absurd, and however absurd it is', async () => {
    const { seen, holdOut } = halves(bankTable());
    const clean = await learn(backend.tf, seen, short);
    const called = answers(scoreRows(clean.model, holdOut.values), 2);
    const soiled = async (absurd: number) => {
      const values = seen.values.slice();
      values[4 * 17] = absurd;
      const { model } = await learn(backend.tf, { ...seen, values }, short);
      expect(answers(scoreRows(model, holdOut.values), 2)).toEqual(called);
      return JSON.stringify(encodeModel(model));
    };
    expect(await soiled(1e300)).toBe(await soiled(1e6));
    await soiled(-1e300);
  });

  it('learns as well from rows and columns in another order', async () => {
    const { seen, holdOut } = halves(mixedTable(1_000, 5));
    const order = shuffle(
      new Uint32Array(seen.count).map((_, row) => row),
      seededRandom(1),
    );
    const places = [5, 3, 0, 4, 1, 2];
    const turned = (table: LabelledTable): LabelledTable => ({
      ...table,
      columns: places.flatMap(place => table.columns[place] ?? []),
      values: table.values.map(
        (_, i) => table.values[Math.floor(i / 6) * 6 + (places[i % 6] ?? 0)] ?? Number.NaN,
      ),
    });
    const straight = await learn(backend.tf, seen, short);
    const other = await learn(backend.tf, turned(pickRows(seen, order)), short);
    const lossOf = (scores: Float64Array) =>
      measure({ scores, classes: holdOut.classes, classCount: 2 }).logLoss;
    const difference =
      lossOf(scoreRows(other.model, turned(holdOut).values)) -
      lossOf(scoreRows(straight.model, holdOut.values));
    expect(Math.abs(difference)).toBeLessThan(0.05);
  });

  it('answers from a model that was written and read as before, and leaves no tensor behind', async () => {
    const before = backend.tf.memory().numTensors;
    const table = mixedTable(500, 4, 3);
    const { model } = await learn(backend.tf, table, short);
    expect(backend.tf.memory().numTensors).toBe(before);
    const read = modelData.parse(JSON.parse(JSON.stringify(encodeModel(model))));
    expect(scoreRows(read, table.values)).toEqual(scoreRows(model, table.values));
  });

  it('learns where a column is constant, one is missing throughout, and a class has two rows', async () => {
    const table = mixedTable(200, 6, 3);
    const values = table.values.map((value, i) => (i % 6 === 1 ? 5 : i % 6 === 5 ? Number.NaN : value));
    const classes = table.classes.map(label => Math.min(label, 1));
    classes.set([2, 2]);
    const { model } = await learn(backend.tf, { ...table, values, classes }, short);
    const scores = scoreRows(model, values);
    expect(scores.every(score => score >= 0 && score <= 1)).toBe(true);
  });

  it('answers rows with values that it has never seen', async () => {
    const table = mixedTable(300, 8);
    const { model } = await learn(backend.tf, table, short);
    const nothing = new Array<number>(6).fill(Number.NaN);
    const unknown = [1e300, -1e300, 6, 2, 60, 0];
    const scores = scoreRows(model, Float64Array.from([...nothing, ...unknown]));
    expect(scores.every(Number.isFinite)).toBe(true);
    expect((scores[0] ?? 0) + (scores[1] ?? 0)).toBeCloseTo(1, 12);
  });
});
