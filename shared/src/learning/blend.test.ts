import { blendProbabilities, finalBlend, gainOf, tryBlend } from './blend.ts';
import { stratifiedFolds } from './folds.ts';
import { measure } from './metrics.ts';
import { seededRandom } from './random.ts';
import { logSoftmaxRows } from './softmax.ts';
import type { LabelledTable } from './table.ts';

/** Rows whose true log odds are known; a part that is too sure of them, and one that has nothing to say. */
function rows(count: number, spread = 2) {
  const random = seededRandom(1);
  const odds = Float64Array.from({ length: count }, () => spread * (2 * random() - 1));
  const classes = Uint8Array.from(odds, logit => (random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0));
  const table: LabelledTable = { columns: [], values: new Float64Array(0), classes, classCount: 2, count };
  const part = (score: (logit: number) => number) =>
    logSoftmaxRows(Float64Array.from([...odds].flatMap(logit => [0, score(logit)])), 2);
  return { table, folds: stratifiedFolds(table, 5, 1), part, random };
}

describe('a blend', () => {
  it('takes back what a model is too sure of, and what it leans towards a class', () => {
    const { table, folds, part } = rows(4_000);
    const tooSure = part(logit => 3 * logit + 2);
    const { weights, shifts, doubt } = finalBlend(table, folds, [tooSure], 1);
    expect(weights[0]).toBeCloseTo(1 / 3, 1);
    expect((shifts[1] ?? 0) - (shifts[0] ?? 0)).toBeCloseTo(-2 / 3, 1);
    const scores = blendProbabilities({ weights, shifts, doubt }, [tooSure]);
    expect(measure({ ...table, scores }).calibrationError).toBeLessThan(0.03);
  });

  it('finds the share of labels that are wrong', () => {
    const { table, folds, part, random } = rows(4_000, 12);
    const classes = table.classes.map(label => (random() < 0.1 ? 1 - label : label));
    expect(finalBlend({ ...table, classes }, folds, [part(logit => logit)], 1).doubt).toBeCloseTo(0.2, 1);
  });

  it('gives most weight to the part that knows', () => {
    const { table, folds, part, random } = rows(4_000);
    const { weights } = finalBlend(table, folds, [part(logit => logit), part(() => random())], 1);
    expect(weights[0]).toBeGreaterThan(0.8);
    expect(weights[1]).toBeLessThan(0.2);
  });

  it('is judged on rows that it was not fitted to, and tells a gain from chance', () => {
    const { table, folds, part, random } = rows(500);
    const known = tryBlend(table, folds, [part(logit => logit)], 1);
    const guessed = tryBlend(table, folds, [part(() => 4 * random() - 2)], 1);
    expect(gainOf(table, known.logScores, guessed.logScores)).toBeGreaterThan(5);
    expect(gainOf(table, known.logScores, known.logScores)).toBeCloseTo(0, 6);
    expect(guessed.loss).toBeGreaterThan(Math.log(2) - 0.02);
  });
});
