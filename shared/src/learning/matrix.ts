import type { TensorFlow } from './backend.ts';

/** Rows that are multiplied again and again. */
export interface Matrix {
  readonly rows: number;
  readonly width: number;
  /** Of each row its products with some units, whose weights lie unit after unit. */
  multiply(weights: Float64Array, units: number): ArrayLike<number>;
  /** Of each unit the sum of the rows, each times what it has for this unit. */
  gather(errors: Float64Array, units: number): ArrayLike<number>;
  /** Gives back what the garbage collector does not see. */
  release(): void;
}

/** With fewer multiplications than these, handing them to TensorFlow takes longer than doing them. */
const fewestForTensorFlow = 100_000;

export function openMatrix(tf: TensorFlow, values: Float64Array, width: number, units: number): Matrix {
  return values.length * units < fewestForTensorFlow
    ? plainMatrix(values, width)
    : tensorMatrix(tf, values, width);
}

function plainMatrix(values: Float64Array, width: number): Matrix {
  const rows = width === 0 ? 0 : values.length / width;
  return {
    rows,
    width,
    multiply(weights, units) {
      const products = new Float64Array(rows * units);
      for (let row = 0; row < rows; row += 1) {
        const start = row * width;
        for (let unit = 0; unit < units; unit += 1) {
          let sum = 0;
          for (let i = 0; i < width; i += 1)
            sum += (values[start + i] ?? 0) * (weights[unit * width + i] ?? 0);
          products[row * units + unit] = sum;
        }
      }
      return products;
    },
    gather(errors, units) {
      const sums = new Float64Array(width * units);
      for (let row = 0; row < rows; row += 1) {
        const start = row * width;
        for (let unit = 0; unit < units; unit += 1) {
          const error = errors[row * units + unit] ?? 0;
          const to = unit * width;
          for (let i = 0; i < width; i += 1)
            sums[to + i] = (sums[to + i] ?? 0) + error * (values[start + i] ?? 0);
        }
      }
      return sums;
    },
    release() {},
  };
}

/** What is multiplied is turned round beforehand, for the WebAssembly backend is slow at multiplying what it has to turn itself. */
function tensorMatrix(tf: TensorFlow, values: Float64Array, width: number): Matrix {
  const rows = values.length / width;
  const straight = tf.tensor2d(Float32Array.from(values), [rows, width]);
  const turned = tf.transpose(straight);
  const product = (left: typeof straight, right: Float32Array, units: number): Float32Array => {
    let numbers: Float32Array = new Float32Array(0);
    tf.tidy(() => {
      const given = tf.tensor2d(right, [right.length / units, units]);
      numbers = Float32Array.from(tf.matMul(left, given).dataSync<'float32'>());
    });
    return numbers;
  };
  return {
    rows,
    width,
    multiply: (weights, units) => product(straight, turn(weights, units), units),
    gather: (errors, units) => turn(product(turned, Float32Array.from(errors), units), width),
    release() {
      straight.dispose();
      turned.dispose();
    },
  };
}

/** What lies line after line, so many of them, column after column. */
function turn(values: Float64Array | Float32Array, lines: number): Float32Array {
  const width = values.length / lines;
  return new Float32Array(values.length).map(
    (_, place) => values[(place % lines) * width + Math.floor(place / lines)] ?? 0,
  );
}
