import { type Fitted, outOfFold, type Task } from '../candidate.ts';
import { noFold, rowsInside, rowsOutside } from '../folds.ts';
import { seededRandom, shuffle } from '../random.ts';
import { logSoftmaxRows } from '../softmax.ts';
import { type Column, type LabelledTable, pickRows, weightOf } from '../table.ts';
import { type Binned, binTable } from './binning.ts';
import { Booster, type BoostSettings } from './booster.ts';
import { type Forest, forestOf } from './forest.ts';
import { compileForest } from './scorer.ts';

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
  /** Rows that it has not learned from and by which it is judged on the way. */
  readonly checked: Uint32Array;
}

/** The boosters of all folds advance together, so that one number of rounds is right for all of them. */
export function fitTrees(task: Task, settings: TreeSettings): Fitted<Forest> {
  const { table, folds, seed } = sampled(task);
  const binned = binTable(table, seed);
  const pupils = Array.from({ length: folds.count }, (_, fold): Pupil => {
    const rows = rowsOutside(table, folds, fold, Infinity, seededRandom(seed));
    const inside = rowsInside(folds, fold);
    const most = Math.min(mostCheckedRows, inside.length);
    const checked = shuffle(inside, seededRandom(seed + fold), most).subarray(0, most);
    return { booster: new Booster(table, binned, rows, checked, settings, seed * 31 + fold), checked };
  });
  let best = { loss: Infinity, rounds: 0 };
  for (let round = 1; round <= settings.mostRounds; round += 1) {
    for (const { booster } of pupils) booster.round();
    if (round % roundsBetweenChecks > 0) continue;
    const loss = pupils.reduce((sum, pupil) => sum + lossOf(table, pupil), 0);
    if (loss < best.loss * (1 - leastGain)) best = { loss, rounds: round };
    else if (round - best.rounds >= settings.patience) break;
  }
  const forests = pupils.map(({ booster }) => forestAfter(booster, binned, best.rounds));
  const all = rowsOutside(table, folds, noFold, Infinity, seededRandom(seed));
  const last = new Booster(table, binned, all, new Uint32Array(0), settings, seed);
  for (let round = 0; round < best.rounds; round += 1) last.round();
  const whole = forestAfter(last, binned, best.rounds);
  const logScores = outOfFold(task, fold => compileTrees(forests[fold] ?? whole, table.columns));
  return { logScores, model: whole };
}

/** The task on no more rows than the fits may learn from: those that are left over are scored, but never binned. */
function sampled({ table, folds, seed, mostRows }: Task) {
  const most = Math.ceil((mostRows * folds.count) / (folds.count - 1));
  if (most >= table.count) return { table, folds, seed };
  const rows = rowsOutside(table, folds, noFold, most, seededRandom(seed));
  return {
    table: pickRows(table, rows),
    folds: { count: folds.count, of: Uint8Array.from(rows, row => folds.of[row] ?? 0) },
    seed,
  };
}

function forestAfter({ trees, base }: Booster, { binners }: Binned, rounds: number): Forest {
  return forestOf(trees.slice(0, rounds * base.length), base, binners);
}

/** The loss on the rows by which a booster is judged on the way, as it stands. */
function lossOf(table: LabelledTable, { booster, checked }: Pupil): number {
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

/** Two classes have one raw score, that of the second against the first. */
function logProbabilities(scores: Float64Array, classCount: number): Float64Array {
  if (classCount > 2) return logSoftmaxRows(scores, classCount);
  const both = new Float64Array(scores.length * 2);
  scores.forEach((score, row) => {
    both[row * 2 + 1] = score;
  });
  return logSoftmaxRows(both, 2);
}

/** What answers rows with logarithms of probabilities. */
export function compileTrees(
  forest: Forest,
  columns: readonly Column[],
): (values: Float64Array) => Float64Array {
  const score = compileForest(forest, columns);
  return values => logProbabilities(score(values), Math.max(2, forest.base.length));
}
