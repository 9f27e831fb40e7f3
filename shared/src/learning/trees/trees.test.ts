import { stratifiedFolds } from '../folds.ts';
import { seededRandom } from '../random.ts';
import type { Column, LabelledTable } from '../table.ts';
import { mixedTable } from '../tables.testing.ts';
import { binOf, binTable } from './binning.ts';
import { Booster } from './booster.ts';
import { categoryFlag, type Forest, forestOf, missingLeftFlag } from './forest.ts';
import { compileForest } from './scorer.ts';
import { compileTrees, fitTrees } from './trees.ts';

const settings = {
  leastHessian: 1e-3,
  leastRows: 5,
  penalty: 1,
  mostLeaves: 16,
  shrinkage: 0.2,
  rowShare: 0.7,
  columnShare: 0.7,
  mostRounds: 40,
  patience: 10,
};

function tableOf(column: Column, draw: (random: () => number) => readonly [number, number]): LabelledTable {
  const random = seededRandom(1);
  const rows = Array.from({ length: 600 }, () => draw(random));
  return {
    columns: [column],
    values: Float64Array.from(rows, ([value]) => value),
    classes: Uint8Array.from(rows, ([, label]) => label),
    classCount: 2,
    count: rows.length,
  };
}

function accuracy({ classes, classCount }: LabelledTable, scores: Float64Array): number {
  const right = classes.filter((label, row) => {
    const own = scores.subarray(row * classCount, (row + 1) * classCount);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / classes.length;
}

function fitted(table: LabelledTable) {
  return fitTrees({ table, folds: stratifiedFolds(table, 3, 1), seed: 1, mostRows: Infinity }, settings);
}

function grown(table: LabelledTable, mostLeaves: number) {
  const binned = binTable(table, 1);
  const rows = new Uint32Array(300).map((_, row) => row);
  const others = new Uint32Array(200).map((_, row) => row + 300);
  const booster = new Booster(table, binned, rows, others, { ...settings, mostLeaves, leastRows: 2 }, 1);
  for (let round = 0; round < 20; round += 1) booster.round();
  return { booster, forest: forestOf(booster.trees, booster.base, binned.binners) };
}

/** What a tree says of the row that begins at `start`, from node to node. */
function walkTree(forest: Forest, tree: number, values: Float64Array, start: number): number {
  const { roots, columns, flags, thresholds, children, leaves, sets } = forest;
  let node = roots[tree] ?? -1;
  while (node >= 0) {
    const value = values[start + (columns[node] ?? 0)] ?? 0;
    const flag = flags[node] ?? 0;
    const threshold = thresholds[node] ?? 0;
    let left = sets[threshold + value] === 1;
    if (Number.isNaN(value)) left = (flag & missingLeftFlag) !== 0;
    else if ((flag & categoryFlag) === 0) left = value <= threshold;
    node = children[node * 2 + (left ? 0 : 1)] ?? -1;
  }
  return leaves[~node] ?? 0;
}

const sizes = [
  [2, 16],
  [3, 16],
  [2, 32],
  [2, 60],
] as const;

describe('trees', () => {
  it.each(sizes)('score as they did when they grew: %i classes, %i leaves', (classCount, mostLeaves) => {
    const table = mixedTable(500, 2, classCount);
    const { booster, forest } = grown(table, mostLeaves);
    compileForest(
      forest,
      table.columns,
    )(table.values).forEach((score, i) => {
      expect(score).toBeCloseTo(booster.scores[i] ?? Number.NaN, 9);
    });
  });

  it.each(sizes)('score whatever comes as walks do: %i classes, %i leaves', (classCount, mostLeaves) => {
    const table = mixedTable(500, 2, classCount);
    const { forest } = grown(table, mostLeaves);
    const random = seededRandom(3);
    const width = table.columns.length;
    // Every value of the columns, what no row had and what is missing, in any company.
    const values = Float64Array.from({ length: 400 * width }, (_, i) => {
      const column = table.columns[i % width];
      if (random() < 0.15) return Number.NaN;
      if (column?.kind === 'category') return Math.floor(random() * (column.size + 1));
      return random() < 0.5 ? (table.values[(i * 7) % (500 * width)] ?? 0) : 1e300 * (random() - 0.5);
    });
    const outputs = forest.base.length;
    const walked = Float64Array.from({ length: 400 * outputs }, (_, i) =>
      forest.roots.reduce(
        (sum, _root, tree) =>
          tree % outputs === i % outputs
            ? sum + walkTree(forest, tree, values, Math.floor(i / outputs) * width)
            : sum,
        forest.base[i % outputs] ?? 0,
      ),
    );
    compileForest(
      forest,
      table.columns,
    )(values).forEach((score, i) => {
      expect(score).toBeCloseTo(walked[i] ?? Number.NaN, 12);
    });
  });

  it('ask whether a value is missing, where that tells', () => {
    const table = tableOf({ kind: 'number' }, random => {
      const label = random() < 0.5 ? 1 : 0;
      return [label ? Number.NaN : random(), label];
    });
    expect(accuracy(table, fitted(table).logScores)).toBeGreaterThan(0.99);
  });

  it('part categories in any order', () => {
    const table = tableOf({ kind: 'category', size: 30 }, random => {
      const category = Math.floor(random() * 30);
      return [category, (category * 7) % 5 < 2 ? 1 : 0];
    });
    expect(accuracy(table, fitted(table).logScores)).toBeGreaterThan(0.99);
  });

  it('know a threshold, wherever it lies', () => {
    const table = tableOf({ kind: 'number' }, random => {
      const value = Math.exp(20 * random() - 10);
      return [value, value > 3 && value < 500 ? 1 : 0];
    });
    const { logScores, model } = fitted(table);
    expect(accuracy(table, logScores)).toBeGreaterThan(0.99);
    const [, low, , middle, , high] = compileTrees(
      model,
      table.columns,
    )(Float64Array.of(-1e300, 40, 1e300)).map(Math.exp);
    expect([(low ?? 1) < 0.1, (middle ?? 0) > 0.9, (high ?? 1) < 0.1]).toEqual([true, true, true]);
  });

  it('put every value into a bin whose edges hold it', () => {
    const table = mixedTable(2_000, 3);
    const { binners, bins, count } = binTable(table, 1);
    binners.forEach((binner, column) => {
      for (let row = 0; row < count; row += 1) {
        const value = table.values[row * table.columns.length + column] ?? Number.NaN;
        const bin = bins[column * count + row] ?? -1;
        expect(bin).toBe(binOf(binner, value));
        if (binner.kind !== 'number' || Number.isNaN(value)) continue;
        expect(value).toBeLessThanOrEqual(binner.edges[bin] ?? Infinity);
        expect(value).toBeGreaterThan(binner.edges[bin - 1] ?? -Infinity);
      }
    });
  });
});
