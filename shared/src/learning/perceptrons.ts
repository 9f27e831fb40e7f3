import type { TensorFlow } from './backend.ts';
import { type Fitted, meanLoss, type Task } from './candidate.ts';
import { rowsInside, rowsOutside } from './folds.ts';
import { type FoldInputs, foldInputs, type Inputs, measureInputs, type Scale } from './inputs.ts';
import { addScores, type Layer, type Networks } from './network.ts';
import { type Batch, Perceptron } from './perceptron.ts';
import { withoutIdleUnits } from './pruning.ts';
import { dealer, seededRandom } from './random.ts';
import { logSoftmaxRows } from './softmax.ts';
import { weightOf } from './table.ts';

export interface PerceptronSettings {
  readonly scale: Scale;
  readonly hiddenUnits: readonly number[];
  /** At most; training ends before when out-of-fold rows say that it no longer helps. */
  readonly steps: number;
  readonly batchRows: number;
  /** At the start; it falls to zero along a cosine. */
  readonly learningRate: number;
  /** Keeps the weights small and thereby the scores off 0 and 1, so that doubt stays visible. */
  readonly weightDecay: number;
}

/** How many times in the course of a training it is asked whether it still helps, and after how many noes it ends. */
const checks = 10;
const patience = 3;

/**
 * One network for each fold. They advance together, so that one moment to stop is right for all of them, and together
 * they make the model: their mean answers better than each, and better than one that has seen all rows.
 */
export function fitPerceptrons(tf: TensorFlow, task: Task, settings: PerceptronSettings): Fitted<Networks> {
  const { table, folds, seed } = task;
  const inputs = measureInputs(table, settings.scale, seed);
  const networks = Array.from({ length: folds.count }, (_, fold) =>
    openNetwork(tf, task, inputs, fold, settings),
  );
  let best: Best = { loss: Infinity, check: 0, logScores: new Float64Array(0), members: [] };
  for (let check = 1; check <= checks; check += 1) {
    for (const { advance } of networks) advance(check / checks);
    const logScores = outOfFold(task, networks);
    const loss = meanLoss(table, logScores);
    if (loss < best.loss)
      best = { loss, check, logScores, members: networks.map(({ network }) => network.layers()) };
    else if (check - best.check >= patience) break;
  }
  return { logScores: best.logScores, model: { inputs, members: best.members.map(withoutIdleUnits) } };
}

interface Best {
  readonly loss: number;
  readonly check: number;
  readonly logScores: Float64Array;
  readonly members: readonly (readonly Layer[])[];
}

interface FoldNetwork {
  readonly network: Perceptron;
  /** Rows as a network that leaves out this fold sees them. */
  encode(rows: Uint32Array): Float32Array;
  /** Learns up to so great a share of all steps. */
  advance(share: number): void;
}

/** So many numbers are encoded once and for all, 8 MB; of a greater table each row when its turn comes. */
const mostNumbersAhead = 2_000_000;

function encodeAhead(count: number, width: number, encode: FoldInputs['encode']): Float32Array {
  const encoded = new Float32Array(count * width);
  for (let row = 0; row < count; row += 1) encode(row, encoded, row * width);
  return encoded;
}

function openNetwork(
  tf: TensorFlow,
  { table, folds, seed, mostRows }: Task,
  measured: Inputs,
  fold: number,
  { hiddenUnits, steps, batchRows, learningRate, weightDecay }: PerceptronSettings,
): FoldNetwork {
  const { width, encode } = foldInputs(measured, table, folds, fold);
  const all = table.count * width <= mostNumbersAhead ? encodeAhead(table.count, width, encode) : undefined;
  const copyRow: FoldInputs['encode'] = all
    ? (row, target, start) => {
        for (let i = 0; i < width; i += 1) target[start + i] = all[row * width + i] ?? 0;
      }
    : encode;
  const seen = rowsOutside(table, folds, fold, mostRows, seededRandom(seed + fold));
  const random = seededRandom(seed * 31 + fold);
  const outputs = table.classCount === 2 ? 1 : table.classCount;
  const network = new Perceptron(tf, { inputs: width, hiddenUnits, outputs }, random);
  const rows = Math.min(batchRows, seen.length);
  const batch: Batch = {
    inputs: new Float32Array(rows * width),
    targets: new Float32Array(rows * outputs),
    weights: new Float32Array(rows),
    rows,
  };
  const deal = dealer(seen, random);
  const fill = (): void => {
    batch.targets.fill(0);
    for (let place = 0; place < rows; place += 1) {
      const row = deal();
      copyRow(row, batch.inputs, place * width);
      const label = table.classes[row] ?? 0;
      if (outputs > 1) batch.targets[place * outputs + label] = 1;
      else batch.targets[place] = label;
      batch.weights[place] = weightOf(table, row) / rows;
    }
  };
  let step = 0;
  return {
    network,
    encode(some) {
      const encoded = new Float32Array(some.length * width);
      some.forEach((row, place) => {
        copyRow(row, encoded, place * width);
      });
      return encoded;
    },
    advance(share) {
      for (; step < Math.round(share * steps); step += 1) {
        fill();
        network.learn(batch, (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2, weightDecay);
      }
    },
  };
}

const rowsAtOnce = 4_096;

function outOfFold({ table, folds }: Task, networks: readonly FoldNetwork[]): Float64Array {
  const { classCount } = table;
  const outputs = classCount === 2 ? 1 : classCount;
  const scores = new Float64Array(table.count * classCount);
  networks.forEach(({ network, encode }, fold) => {
    const inside = rowsInside(folds, fold);
    for (let start = 0; start < inside.length; start += rowsAtOnce) {
      const some = inside.subarray(start, start + rowsAtOnce);
      const raw = network.scores(encode(some), some.length);
      some.forEach((row, place) => {
        addScores(
          raw.subarray(place * outputs, (place + 1) * outputs),
          scores,
          row * classCount,
          classCount,
          1,
        );
      });
    }
  });
  return logSoftmaxRows(scores, classCount);
}
