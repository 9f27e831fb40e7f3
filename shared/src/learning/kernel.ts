import type { TensorFlow } from './backend.ts';
import { type Fitted, outOfFold, type Task } from './candidate.ts';
import { noFold, rowsInside, rowsOutside } from './folds.ts';
import { type Inputs, inputsWithout, measureInputs, type Scale } from './inputs.ts';
import { encodeFold, layerOf } from './linear.ts';
import { compileNetworks, type Layer, type Networks } from './network.ts';
import { seededRandom, shuffle } from './random.ts';
import { type FoldSplit, type Rows, regress, walkPenalties } from './regression.ts';
import { type LabelledTable, weightOf } from './table.ts';

export interface KernelSettings {
  readonly scale: Scale;
  /** How many rows at most lend the kernel their places, and from how many it learns. */
  readonly mostPlaces: number;
  readonly mostRows: number;
  /** How narrow the kernel may be: exp(-steepness × squared distance / mean squared distance of two rows). */
  readonly steepnesses: readonly number[];
  readonly penalties: readonly number[];
}

/** So many rows and places are enough to tell which steepness is best. */
export const triedKernel = { mostPlaces: 128, mostRows: 1_000, penalties: [1, 0.1, 0.01] };

/**
 * Kernel logistic regression with a Gaussian kernel: rows that lie near each other get like answers, whatever the shape of
 * the classes. Where rows are many, some of them stand for all (Nyström's method; Williams & Seeger 2001).
 */
export function fitKernel(tf: TensorFlow, task: Task, settings: KernelSettings): Fitted<Networks> {
  const { table, folds } = task;
  const inputs = measureInputs(table, settings.scale, task.seed);
  const found = settings.steepnesses
    .map(steepness => {
      const { splits } = project(task, inputs, steepness, triedKernel);
      return { steepness, ...walkPenalties(tf, splits, triedKernel.penalties) };
    })
    .reduce((best, one) => (one.loss < best.loss ? one : best));
  const { splits, kernels } = project(task, inputs, found.steepness, settings);
  // With more rows the best penalty is about the same, seldom much stronger.
  const penalties = settings.penalties.filter(penalty => penalty <= found.penalty * 3);
  const walked = walkPenalties(tf, splits, penalties);
  const { rows: all, kernel } = projectRows(task, inputs, noFold, found.steepness, settings);
  const point = regress(tf, all, walked.penalty);
  const logScores = outOfFold(task, fold =>
    compileNetworks({
      inputs: inputsWithout(inputs, table, folds, fold),
      members: [layersOf(kernels[fold] ?? kernel, walked.points[fold] ?? point, all)],
    }),
  );
  return { logScores, model: { inputs, members: [layersOf(kernel, point, all)] } };
}

interface Kernel {
  readonly places: Rows;
  readonly bias: number;
  /** The lower triangle of the places' kernel, taken apart: lower × its transpose. */
  readonly lower: Float64Array;
}

type Most = Pick<KernelSettings, 'mostPlaces' | 'mostRows'>;

/** What each fold is learned without and judged by. */
function project(task: Task, inputs: Inputs, steepness: number, most: Most) {
  const kernels: Kernel[] = [];
  const splits = Array.from({ length: task.folds.count }, (_, fold): FoldSplit => {
    const { rows: seen, kernel } = projectRows(task, inputs, fold, steepness, most);
    kernels.push(kernel);
    const inside = rowsInside(task.folds, fold);
    const count = Math.min(inside.length, Math.ceil(most.mostRows / task.folds.count));
    const asked = shuffle(inside, seededRandom(task.seed + fold), count).subarray(0, count);
    return { seen, asked: featuresOf(kernel, encodeFold(task, inputs, fold, asked)) };
  });
  return { splits, kernels };
}

/** The rows to learn from without a fold as features whose products are those of the kernel. */
function projectRows(task: Task, inputs: Inputs, fold: number, steepness: number, most: Most) {
  const { table, folds, seed } = task;
  const seen = rowsOutside(
    table,
    folds,
    fold,
    Math.min(most.mostRows, task.mostRows),
    seededRandom(seed + fold),
  );
  const places = encodeFold(task, inputs, fold, choosePlaces(table, seen, most.mostPlaces, seed));
  const bias = -steepness / meanDistance(places);
  const kernel = {
    places,
    bias,
    lower: decompose(kernelOf({ places, bias }, places), places.classes.length),
  };
  return { rows: featuresOf(kernel, encodeFold(task, inputs, fold, seen)), kernel };
}

function choosePlaces(table: LabelledTable, rows: Uint32Array, most: number, seed: number): Uint32Array {
  const counting = rows.filter(row => weightOf(table, row) > 0);
  return shuffle(counting, seededRandom(seed)).subarray(0, most);
}

/** Of two rows, squared: twice the sum of the variances. */
function meanDistance({ inputs, width, classes }: Rows): number {
  const count = classes.length;
  let sum = 0;
  for (let input = 0; input < width; input += 1) {
    let mean = 0;
    let square = 0;
    for (let row = 0; row < count; row += 1) {
      const value = inputs[row * width + input] ?? 0;
      mean += value / count;
      square += (value * value) / count;
    }
    sum += 2 * (square - mean * mean);
  }
  return Math.max(sum, 1e-6);
}

/** What the kernel says of each row and each place. */
function kernelOf({ places, bias }: Pick<Kernel, 'places' | 'bias'>, { inputs, width, classes }: Rows) {
  const count = places.classes.length;
  const values = new Float64Array(classes.length * count);
  for (let row = 0; row < classes.length; row += 1) {
    for (let place = 0; place < count; place += 1) {
      let distance = 0;
      for (let i = 0; i < width; i += 1) {
        const way = (inputs[row * width + i] ?? 0) - (places.inputs[place * width + i] ?? 0);
        distance += way * way;
      }
      values[row * count + place] = Math.exp(bias * distance);
    }
  }
  return values;
}

/** What is added to the kernel of each place with itself, so that rounding to floats does no harm. */
const nugget = 1e-3;

/** Cholesky's decomposition, in place. */
function decompose(matrix: Float64Array, size: number): Float64Array {
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = (matrix[row * size + column] ?? 0) + (row === column ? nugget : 0);
      for (let i = 0; i < column; i += 1) {
        sum -= (matrix[row * size + i] ?? 0) * (matrix[column * size + i] ?? 0);
      }
      matrix[row * size + column] =
        row === column ? Math.sqrt(Math.max(sum, nugget / 2)) : sum / (matrix[column * size + column] ?? 1);
    }
  }
  return matrix;
}

/** The kernel's values of each row, divided by the lower triangle. */
function featuresOf(kernel: Kernel, rows: Rows): Rows {
  const values = kernelOf(kernel, rows);
  const { lower, places } = kernel;
  const size = places.classes.length;
  for (let start = 0; start < values.length; start += size) {
    for (let i = 0; i < size; i += 1) {
      let sum = values[start + i] ?? 0;
      for (let k = 0; k < i; k += 1) sum -= (lower[i * size + k] ?? 0) * (values[start + k] ?? 0);
      values[start + i] = sum / (lower[i * size + i] ?? 1);
    }
  }
  return { ...rows, inputs: values, width: size };
}

/** A layer of the places, and one of what each of them says for each class. */
function layersOf({ places, bias, lower }: Kernel, point: Float64Array, of: Rows): Layer[] {
  const size = places.classes.length;
  const said = point.slice();
  for (let start = 0; start < size * of.outputs; start += size) {
    for (let i = size - 1; i >= 0; i -= 1) {
      let sum = said[start + i] ?? 0;
      for (let k = i + 1; k < size; k += 1) sum -= (lower[k * size + i] ?? 0) * (said[start + k] ?? 0);
      said[start + i] = sum / (lower[i * size + i] ?? 1);
    }
  }
  const radial: Layer = {
    units: size,
    weights: Float32Array.from(places.inputs),
    biases: new Float32Array(size).fill(bias),
    radial: true,
  };
  return [radial, layerOf(said, { width: size, outputs: of.outputs })];
}
