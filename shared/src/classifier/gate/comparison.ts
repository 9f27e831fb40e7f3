import { calledClass } from '../../learning/metrics.ts';
import { mcnemar, type PairedTest } from '../mcnemar.ts';
import { type ClassificationMetrics, measurePredictions } from '../metrics.ts';
import type { Comparison, GateInput } from './input.ts';
import { type LossTest, lossOf, lossTest } from './loss-test.ts';

/** The rows by what a model says of each: whether that is right, and what it loses. NaN where it has no answer. */
export interface ScoredAnswers {
  readonly right: Uint8Array;
  readonly loss: Float64Array;
}

export function readAnswers(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classCount: number,
): ScoredAnswers {
  const right = new Uint8Array(truth.length);
  const loss = new Float64Array(truth.length);
  for (let row = 0; row < truth.length; row += 1) {
    const label = truth[row] ?? 0;
    right[row] = calledClass(probabilities, row, classCount) === label ? 1 : 0;
    loss[row] = lossOf(probabilities, row * classCount + label);
  }
  return { right, loss };
}

/** Two models beside each other on some rows. */
export interface Paired {
  readonly rows: number;
  /** How many rows each got right. */
  readonly challenger: number;
  readonly champion: number;
  /** What the champion loses, in nats a row. */
  readonly championLoss: number;
  readonly test: PairedTest;
  readonly loss: LossTest;
}

/** Compares two models on those of the rows that both have an answer to. */
export function pair(challenger: ScoredAnswers, champion: ScoredAnswers, rows: ArrayLike<number>): Paired {
  let [count, gained, lost, both, lossBefore, sum, squares] = [0, 0, 0, 0, 0, 0, 0];
  for (let place = 0; place < rows.length; place += 1) {
    const row = rows[place] ?? 0;
    const lossOfChampion = champion.loss[row] ?? Number.NaN;
    const more = (challenger.loss[row] ?? Number.NaN) - lossOfChampion;
    if (Number.isNaN(more)) continue;
    count += 1;
    lossBefore += lossOfChampion;
    sum += more;
    squares += more * more;
    const [now, before] = [challenger.right[row] ?? 0, champion.right[row] ?? 0];
    if (now > before) gained += 1;
    else if (now < before) lost += 1;
    else both += now;
  }
  return {
    rows: count,
    challenger: both + gained,
    champion: both + lost,
    championLoss: count === 0 ? 0 : lossBefore / count,
    test: mcnemar({ gained, lost }),
    loss: lossTest(count, sum, squares),
  };
}

/** All that is reported of two models on some rows; of the champion on those that it has an answer to. */
export function compare(
  { classes, truth, challenger, champion }: Pick<GateInput, 'classes' | 'truth' | 'challenger' | 'champion'>,
  rows: Uint32Array,
  paired: Paired | undefined,
): Comparison & { readonly challenger: ClassificationMetrics } {
  const measured = (model: ArrayLike<number>, on: Uint32Array) =>
    measurePredictions(pickRows(model, on, classes.length), pickRows(truth, on, 1), classes);
  const metrics = measured(challenger, rows);
  if (!champion || !paired || paired.rows === 0) return { challenger: metrics };
  const answered = rows.filter(row => !Number.isNaN(champion[row * classes.length]));
  return {
    challenger: metrics,
    champion: measured(champion, answered),
    test: paired.test,
    loss: paired.loss,
  };
}

/** Those parts of a flat array, of probabilities or of classes, that belong to these rows. */
function pickRows(values: ArrayLike<number>, rows: Uint32Array, width: number): Float64Array {
  const picked = new Float64Array(rows.length * width);
  let next = 0;
  for (const row of rows) {
    for (let place = row * width; place < (row + 1) * width; place += 1)
      picked[next++] = values[place] ?? Number.NaN;
  }
  return picked;
}
