import { type Fitted, foldScores, meanLoss, type Task } from '../candidate.ts';
import { noFold, rowsInside, rowsOutside } from '../folds.ts';
import { seededRandom } from '../random.ts';
import { logSoftmaxRows } from '../softmax.ts';
import { type Binned, binTable } from './binning.ts';
import { Booster, type BoostSettings } from './booster.ts';
import { type Forest, forestOf, walkForest } from './forest.ts';

export interface TreeSettings extends BoostSettings {
  readonly mostRounds: number;
  /** How many rounds without a gain on out-of-fold rows end the boosting. */
  readonly patience: number;
}

/** Less than this share of the loss is no gain. */
const leastGain = 5e-4;

interface Best {
  readonly loss: number;
  readonly rounds: number;
  readonly logScores: Float64Array;
}

/** The boosters of all folds advance together, so that one number of rounds is right for all of them. */
export function fitTrees(task: Task, settings: TreeSettings): Fitted<Forest> {
  const { table, folds, seed, mostRows } = task;
  const binned = binTable(table, seed);
  const boosters = Array.from({ length: folds.count }, (_, fold) => {
    const rows = rowsOutside(table, folds, fold, mostRows, seededRandom(seed + fold));
    return new Booster(table, binned, rows, rowsInside(folds, fold), settings, seed * 31 + fold);
  });
  let best: Best = { loss: Infinity, rounds: 0, logScores: new Float64Array(0) };
  for (let round = 1; round <= settings.mostRounds; round += 1) {
    for (const booster of boosters) booster.round();
    const logScores = outOfFold(task, boosters);
    const loss = meanLoss(table, logScores);
    if (loss < best.loss * (1 - leastGain)) best = { loss, rounds: round, logScores };
    else if (round - best.rounds >= settings.patience) break;
  }
  return { logScores: best.logScores, model: fitAll(task, binned, best.rounds, settings) };
}

function fitAll(task: Task, binned: Binned, rounds: number, settings: TreeSettings): Forest {
  const { table, folds, seed, mostRows } = task;
  const rows = rowsOutside(table, folds, noFold, mostRows, seededRandom(seed));
  const booster = new Booster(table, binned, rows, new Uint32Array(0), settings, seed);
  for (let round = 0; round < rounds; round += 1) booster.round();
  return forestOf(booster.trees, booster.base, binned.binners);
}

function outOfFold({ table, folds }: Task, boosters: readonly Booster[]): Float64Array {
  const scores = foldScores(
    folds,
    boosters.map(({ scores }) => scores),
    table.classCount === 2 ? 1 : table.classCount,
  );
  return logProbabilities(scores, table.classCount);
}

/** Two classes have one raw score, that of the second against the first. */
function logProbabilities(scores: Float64Array, classCount: number): Float64Array {
  if (classCount > 2) return logSoftmaxRows(scores, classCount);
  const both = new Float64Array(scores.length * 2);
  scores.forEach((score, row) => {
    both[row * 2 + 1] = score;
  });
  return logSoftmaxRows(both, 2);
}

export function scoreByTrees(forest: Forest, values: Float64Array, width: number): Float64Array {
  return logProbabilities(walkForest(forest, values, width), Math.max(2, forest.base.length));
}
