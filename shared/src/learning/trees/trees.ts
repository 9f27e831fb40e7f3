import type { Fitted, Task } from '../candidate.ts';
import { noFold, rowsInside, rowsOutside } from '../folds.ts';
import { seededRandom, shuffle } from '../random.ts';
import { logSoftmaxRows } from '../softmax.ts';
import { pickRows, weightOf } from '../table.ts';
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
/** Scoring the rows of a fold takes about as long as a small tree takes to grow. */
const roundsBetweenChecks = 3;
/** So many rows of a fold say when to stop; the others are scored once, at the end. */
export const mostCheckedRows = 15_000;

interface Pupil {
  readonly booster: Booster;
  /** All rows that it has not learned from, and those by which it is judged on the way. */
  readonly inside: Uint32Array;
  readonly checked: Uint32Array;
}

/** The boosters of all folds advance together, so that one number of rounds is right for all of them. */
export function fitTrees(task: Task, settings: TreeSettings): Fitted<Forest> {
  const { table, folds, seed, mostRows } = task;
  const binned = binTable(table, seed);
  const pupils = Array.from({ length: folds.count }, (_, fold): Pupil => {
    const random = seededRandom(seed + fold);
    const rows = rowsOutside(table, folds, fold, mostRows, random);
    const inside = rowsInside(folds, fold);
    const most = Math.min(mostCheckedRows, inside.length);
    const checked = shuffle(inside.slice(), random, most).subarray(0, most);
    const booster = new Booster(table, binned, rows, checked, settings, seed * 31 + fold);
    return { booster, inside, checked };
  });
  let best = { loss: Infinity, rounds: 0 };
  for (let round = 1; round <= settings.mostRounds; round += 1) {
    for (const { booster } of pupils) booster.round();
    if (round % roundsBetweenChecks > 0) continue;
    const loss = pupils.reduce((sum, pupil) => sum + lossOf(task, pupil), 0);
    if (loss < best.loss * (1 - leastGain)) best = { loss, rounds: round };
    else if (round - best.rounds >= settings.patience) break;
  }
  const logScores = outOfFold(task, binned, pupils, best.rounds);
  return { logScores, model: fitAll(task, binned, best.rounds, settings) };
}

function fitAll(task: Task, binned: Binned, rounds: number, settings: TreeSettings): Forest {
  const { table, folds, seed, mostRows } = task;
  const rows = rowsOutside(table, folds, noFold, mostRows, seededRandom(seed));
  const booster = new Booster(table, binned, rows, new Uint32Array(0), settings, seed);
  for (let round = 0; round < rounds; round += 1) booster.round();
  return forestOf(booster.trees, booster.base, binned.binners);
}

/** The loss on the rows by which a booster is judged on the way, as it stands. */
function lossOf({ table }: Task, { booster, checked }: Pupil): number {
  const outputs = booster.base.length;
  const raw = new Float64Array(checked.length * outputs);
  checked.forEach((row, place) => {
    for (let i = 0; i < outputs; i += 1) raw[place * outputs + i] = booster.scores[row * outputs + i] ?? 0;
  });
  const logScores = logProbabilities(raw, table.classCount);
  return checked.reduce((sum, row, place) => {
    const own = logScores[place * table.classCount + (table.classes[row] ?? 0)] ?? 0;
    return sum - weightOf(table, row) * own;
  }, 0);
}

const rowsAtOnce = 4_096;

/** Every row by the trees of the best rounds, walked as they will be in answers. */
function outOfFold({ table }: Task, binned: Binned, pupils: readonly Pupil[], rounds: number): Float64Array {
  const { classCount, columns, count } = table;
  const logScores = new Float64Array(count * classCount);
  for (const { booster, inside } of pupils) {
    const forest = forestOf(
      booster.trees.slice(0, rounds * booster.base.length),
      booster.base,
      binned.binners,
    );
    for (let start = 0; start < inside.length; start += rowsAtOnce) {
      const some = inside.subarray(start, start + rowsAtOnce);
      const scores = scoreByTrees(forest, pickRows(table, some).values, columns.length);
      some.forEach((row, place) => {
        logScores.set(scores.subarray(place * classCount, (place + 1) * classCount), row * classCount);
      });
    }
  }
  return logScores;
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
