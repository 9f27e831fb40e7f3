import { lossOf } from '../classifier/gate/loss-test.ts';
import { segmentsOf } from '../classifier/gate/regions.ts';
import { type Interval, wilsonInterval } from '../classifier/wilson.ts';
import { classNames } from '../contract/classes.ts';
import type { DataSet, Feature } from '../data-set/declaration.ts';
import { calledClass } from '../learning/metrics.ts';
import type { Classifier } from '../learning/model.ts';

/** Rows to compare two models on, as learners see them. */
export interface ComparedRows {
  /** Row after row. */
  readonly values: Float64Array;
  /** The number of each row's class; null where nobody knows it. */
  readonly truth: readonly (number | null)[];
}

/** How a model did on the rows whose class is known. */
export interface Side {
  readonly correct: number;
  readonly interval: Interval;
  readonly log_loss: number;
}

/** Rows of one kind, and how the models differ on them. */
export interface DifferingSegment {
  readonly kind: 'class' | 'category' | 'region';
  readonly name: string;
  readonly rows: number;
  readonly differ: number;
  /** Of the rows whose class is known: on how many only the one model is right. */
  readonly only_first: number;
  readonly only_second: number;
}

/** A row that the models call differently: what each calls it, and how sure it is of that. */
export interface DifferingRow {
  readonly row: number;
  readonly first: Called;
  readonly second: Called;
}

interface Called {
  readonly number: number;
  readonly probability: number;
}

export interface Differences {
  readonly known: number;
  readonly first: Side;
  readonly second: Side;
  readonly segments: readonly DifferingSegment[];
  /** Those first on which the models are surest of different things. */
  readonly rows: readonly DifferingRow[];
}

type Model = Pick<Classifier, 'probabilities'>;

/** On which rows two models answer differently, and where those lie. */
export function compareModels(
  dataSet: DataSet,
  [first, second]: readonly [Model, Model],
  { values, truth }: ComparedRows,
): Differences {
  const width = classNames(dataSet).length;
  const [one, other] = [answersOf(first, values, width), answersOf(second, values, width)];
  const differ = truth.flatMap((_, row) => (one.called[row] === other.called[row] ? [] : [row]));
  return {
    known: truth.filter(label => label !== null).length,
    first: sideOf(one, truth, width),
    second: sideOf(other, truth, width),
    segments: differingSegments(dataSet, { values, truth }, one.called, other.called),
    rows: differ
      .map(row => ({ row, first: one.at(row), second: other.at(row) }))
      .toSorted((a, b) => sureness(b) - sureness(a)),
  };
}

interface Answers {
  readonly probabilities: Float64Array;
  readonly called: Uint8Array;
  at(row: number): Called;
}

function answersOf(model: Model, values: Float64Array, width: number): Answers {
  const probabilities = model.probabilities(values);
  const called = new Uint8Array(probabilities.length / width);
  for (let row = 0; row < called.length; row += 1) called[row] = calledClass(probabilities, row, width);
  const at = (row: number): Called => {
    const number = called[row] ?? 0;
    return { number, probability: probabilities[row * width + number] ?? Number.NaN };
  };
  return { probabilities, called, at };
}

function sureness({ first, second }: DifferingRow): number {
  return Math.min(first.probability, second.probability);
}

function sideOf({ probabilities, called }: Answers, truth: ComparedRows['truth'], width: number): Side {
  let [known, correct, loss] = [0, 0, 0];
  truth.forEach((label, row) => {
    if (label === null) return;
    known += 1;
    if (called[row] === label) correct += 1;
    loss += lossOf(probabilities, row * width + label);
  });
  return {
    correct,
    interval: wilsonInterval(correct, known),
    log_loss: known === 0 ? 0 : loss / known,
  };
}

const mostSegments = 20;

function differingSegments(
  dataSet: DataSet,
  { values, truth }: ComparedRows,
  one: Uint8Array,
  other: Uint8Array,
): DifferingSegment[] {
  const segments = segmentsOf({
    columns: dataSet.features.map(feature => ({ name: feature.name, categories: categoriesOf(feature) })),
    values,
    classes: classNames(dataSet),
    truth: truth.map(label => label ?? -1),
    rows: Uint32Array.from(truth.keys()),
  });
  return segments
    .map(({ kind, name, rows }) => {
      const counts = { kind, name, rows: rows.length, differ: 0, only_first: 0, only_second: 0 };
      for (const row of Array.from(rows)) {
        if (one[row] === other[row]) continue;
        counts.differ += 1;
        if (truth[row] === one[row]) counts.only_first += 1;
        if (truth[row] === other[row]) counts.only_second += 1;
      }
      return counts;
    })
    .filter(({ differ }) => differ > 0)
    .sort((a, b) => b.differ / b.rows - a.differ / a.rows)
    .slice(0, mostSegments);
}

/** What a code of a column that is no number stands for. */
export function categoriesOf(feature: Feature): readonly string[] | undefined {
  if (feature.kind === 'number') return undefined;
  return feature.kind === 'category' ? feature.categories : ['no', 'yes'];
}
