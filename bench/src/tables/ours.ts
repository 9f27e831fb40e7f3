import {
  Booster,
  binTable,
  type Folds,
  learn,
  measure,
  pickRows,
  rowsInside,
  rowsOutside,
  scoreRows,
  seededRandom,
  stratifiedFolds,
  type TensorFlow,
} from '@banknote-loop/shared/learning';
import type { NamedTable } from './generated.ts';

export const ourName = 'this project';

/** The probabilities that a learner gave all rows of a table, and how long it took to train on average. */
export interface Answered {
  readonly table: string;
  readonly learner: string;
  readonly seconds: number;
  readonly scores: ArrayLike<number>;
}

export async function answerFolds(tf: TensorFlow, table: NamedTable, folds: Folds): Promise<Answered> {
  const scores = new Float64Array(table.count * table.classCount);
  let seconds = 0;
  for (let fold = 0; fold < folds.count; fold += 1) {
    const inside = rowsInside(folds, fold);
    const answered = await answerRows(
      tf,
      table,
      rowsOutside(table, folds, fold, Infinity, seededRandom(1)),
      inside,
    );
    seconds += answered.seconds / folds.count;
    inside.forEach((row, place) => {
      for (let i = 0; i < table.classCount; i += 1) {
        scores[row * table.classCount + i] = answered.scores[place * table.classCount + i] ?? 0;
      }
    });
  }
  return { table: table.name, learner: ourName, seconds, scores };
}

async function answerRows(tf: TensorFlow, table: NamedTable, seen: Uint32Array, asked: Uint32Array) {
  const startedAt = performance.now();
  const { model } = await learn(tf, pickRows(table, seen), { seed: 1 });
  const seconds = (performance.now() - startedAt) / 1_000;
  return { seconds, scores: scoreRows(model, pickRows(table, asked).values) };
}

/** What is expected of a table over so many ways to part it, four rows in five to learn from. */
export async function measureSplits(tf: TensorFlow, table: NamedTable, count: number) {
  const sum = { accuracy: 0, logLoss: 0, seconds: 0 };
  for (let split = 0; split < count; split += 1) {
    const folds = stratifiedFolds(table, 5, 100 + split);
    const asked = rowsInside(folds, 0);
    const seen = rowsOutside(table, folds, 0, Infinity, seededRandom(1));
    const { scores, seconds } = await answerRows(tf, table, seen, asked);
    const { classes } = pickRows(table, asked);
    const { accuracy, logLoss } = measure({ scores, classes, classCount: table.classCount });
    sum.accuracy += accuracy / count;
    sum.logLoss += logLoss / count;
    sum.seconds += seconds / count;
  }
  return sum;
}

/** Settings that are the peer's own: as many and as large trees. */
const asThePeer = {
  leastHessian: 1e-3,
  leastRows: 20,
  penalty: 0,
  mostLeaves: 31,
  shrinkage: 0.1,
  rowShare: 1,
  columnShare: 1,
};
const rounds = 100;

/** Seconds for one fit of trees to four rows in five. */
export function timeTrees(table: NamedTable): number {
  const folds = stratifiedFolds(table, 5, 1);
  const seen = rowsOutside(table, folds, 0, Infinity, seededRandom(1));
  const startedAt = performance.now();
  const booster = new Booster(table, binTable(table, 1), seen, new Uint32Array(0), asThePeer, 1);
  for (let round = 0; round < rounds; round += 1) booster.round();
  return (performance.now() - startedAt) / 1_000;
}
