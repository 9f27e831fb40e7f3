import { z } from 'zod';
import { pack, packedDoubles, packedFloats } from '../learning/packed.ts';
import type { TrainingSet } from './training-set.ts';

// What a model says of the rows that it has learned from says little. So each model leaves behind, beside its file, what
// its cross-validation said of them: answers of models just like it that had not seen the row. The next training then holds
// its own out-of-fold answers against these, on the same rows.

const format = 'banknote-loop/out-of-fold';
const mostRows = 20_000_000;
/** Of the rows beyond so many answers it is only known that they were learned from: 8 MB are enough to judge by. */
const mostAnswers = 2_000_000;

const outOfFoldFile = z.strictObject({
  format: z.literal(format),
  version: z.literal(1),
  /** The best model ever proved, as far as was known when this one was promoted; null if that is itself. */
  best: z.string().min(1).max(200).nullable(),
  classCount: z.int().min(2).max(1_000),
  /** A hash of each row that was learned from. */
  rows: packedDoubles(mostRows),
  /** Logarithms of the probabilities of each class, for as many of these rows as there are. */
  answers: packedFloats(mostAnswers),
});

/** The out-of-fold answers of one model. */
export interface OutOfFold {
  readonly best: string | null;
  readonly classCount: number;
  readonly rows: Float64Array;
  readonly answers: Float32Array;
}

export function outOfFoldName(modelFileName: string): string {
  return modelFileName.replace(/(\.json)?$/, '.out-of-fold.json');
}

/** Scores are the probabilities of each class for every row of the set, out of fold. */
export function encodeOutOfFold(set: TrainingSet, scores: Float64Array, best: string | null): string {
  const classCount = set.classNames.length;
  const rows = Math.min(set.count, Math.floor(mostAnswers / classCount));
  const answers = Float32Array.from(scores.subarray(0, rows * classCount), Math.log);
  return JSON.stringify({
    format,
    version: 1,
    best,
    classCount,
    rows: pack(hashRows(set)),
    answers: pack(answers),
  });
}

/** Nothing comes of a file that is damaged: it only helps to judge by, and there is the hold-out. */
export function decodeOutOfFold(text: string): OutOfFold | undefined {
  try {
    return outOfFoldFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * What a model says of rows, by answers that are not of one that has learned from them: those on file for the rows that it
 * learned from, its own for all others. NaN where neither is known.
 */
export function answerUnseen(
  probabilities: (rows: Float64Array) => Float64Array,
  outOfFold: OutOfFold,
  set: Pick<TrainingSet, 'features' | 'columns' | 'count'>,
): Float64Array {
  const { classCount, rows, answers } = outOfFold;
  const places = new Map<number, number>();
  rows.forEach((hash, place) => void places.set(hash, place));
  const found = Array.from(hashRows(set), hash => places.get(hash));
  const unseen = [...found.keys()].filter(row => found[row] === undefined);
  const { features, columns } = set;
  const own = new Float64Array(unseen.length * columns);
  unseen.forEach((row, place) => {
    own.set(features.subarray(row * columns, (row + 1) * columns), place * columns);
  });
  const ownAnswers = probabilities(own);
  const said = new Float64Array(set.count * classCount);
  let next = 0;
  found.forEach((place, row) => {
    const at = place === undefined ? next++ * classCount : place * classCount;
    if (place === undefined) said.set(ownAnswers.subarray(at, at + classCount), row * classCount);
    else said.set(normalized(answers, at, classCount), row * classCount);
  });
  return said;
}

function normalized(answers: Float32Array, at: number, classCount: number): Float64Array {
  const row = Float64Array.from({ length: classCount }, (_, i) => Math.exp(answers[at + i] ?? Number.NaN));
  const sum = row.reduce((total, value) => total + value, 0);
  return row.map(value => value / sum);
}

/** One number of 53 bits for each row, by its values alone. */
export function hashRows({
  features,
  columns,
  count,
}: Pick<TrainingSet, 'features' | 'columns' | 'count'>): Float64Array {
  const value = new Float64Array(1);
  const [low, high] = [new Uint32Array(value.buffer, 0, 1), new Uint32Array(value.buffer, 4, 1)];
  return Float64Array.from({ length: count }, (_, row) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let place = row * columns; place < (row + 1) * columns; place += 1) {
      // Adding 0 makes 0 of -0. All NaN are one.
      value[0] = (features[place] ?? Number.NaN) + 0;
      a = Math.imul(a ^ (low[0] ?? 0), 0x9e3779b1);
      a = Math.imul((a ^ (a >>> 15)) + (high[0] ?? 0), 0x85ebca6b);
      b = Math.imul(b ^ (high[0] ?? 0), 0x5f356495);
      b = Math.imul((b ^ (b >>> 13)) + (low[0] ?? 0), 0xc2b2ae35);
    }
    a ^= a >>> 16;
    b ^= b >>> 16;
    return (b >>> 11) * 2 ** 32 + (a >>> 0);
  });
}
