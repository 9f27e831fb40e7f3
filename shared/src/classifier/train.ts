import type { DataSet } from '../data-set/declaration.ts';
import { columnsOf } from '../data-set/row.ts';
import type { TensorFlow } from '../learning/backend.ts';
import { type Learned, type LearnOptions, learn } from '../learning/learn.ts';
import { encodeModel, modelData } from '../learning/model-data.ts';
import type { TrainingSet } from './training-set.ts';

/** Why nothing could be learned, as the gate would say it. */
export interface TrainingRefusal {
  readonly trained: false;
  readonly rule: 'too-few-rows' | 'one-class-only' | 'features-out-of-range' | 'diverged';
  readonly reason: string;
}

export type TrainingOutcome = ({ readonly trained: true } & Learned) | TrainingRefusal;

const minimumRows = 20;

/**
 * Learns on TensorFlow's active backend. The same rows in the same order, seed, choice and backend give the same model, bit
 * for bit. Rows that cannot be learned from are an outcome, not an exception.
 */
export async function train(
  tf: TensorFlow,
  dataSet: DataSet,
  set: TrainingSet,
  options: LearnOptions,
): Promise<TrainingOutcome> {
  const refusal = refuseRows(set);
  if (refusal) return refusal;
  const learned = await learn(tf, tableOf(dataSet, set), options);
  // What could not be read back must not be written.
  if (learned.scores.every(Number.isFinite) && modelData.safeParse(encodeModel(learned.model)).success) {
    return { trained: true, ...learned };
  }
  return refuse('diverged', 'Training ended in numbers without bounds: look for absurd values in the rows.');
}

/** The rows as learners take them. */
export function tableOf(dataSet: DataSet, { features, classes, classNames, count }: TrainingSet) {
  const columns = columnsOf(dataSet);
  return {
    columns,
    values: features.subarray(0, count * columns.length),
    classes: classes.subarray(0, count),
    classCount: classNames.length,
    count,
  };
}

function refuse(rule: TrainingRefusal['rule'], reason: string): TrainingRefusal {
  return { trained: false, rule, reason };
}

/** Says why nothing can be learned from these rows, or nothing where they will do. */
function refuseRows({ features, classes, classNames, count }: TrainingSet): TrainingRefusal | undefined {
  if (count < minimumRows) {
    return refuse('too-few-rows', `There are ${count} training rows: at least ${minimumRows} are needed.`);
  }
  const first = classes[0] ?? 0;
  if (classes.subarray(0, count).every(number => number === first)) {
    const other = classNames.length === 2 ? 'the other' : 'another';
    return refuse(
      'one-class-only',
      `All ${count} training rows are ${classNames[first]}: add rows of ${other} class.`,
    );
  }
  if (features.some(value => Math.abs(value) === Infinity)) {
    return refuse('features-out-of-range', 'Some training features are infinite: remove those rows.');
  }
  return undefined;
}
