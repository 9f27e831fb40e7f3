import { type Backend, chooseBackend } from './backend.ts';
import { openMatrix } from './matrix.ts';
import { gaussian, seededRandom } from './random.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
});

it.each([
  [5, 3, 2],
  [700, 90, 3],
  [200_000, 1, 1],
])('multiplies %i rows of %i numbers with %i units as sums would', (rows, width, units) => {
  const random = seededRandom(1);
  const draw = (count: number) => Float64Array.from({ length: count }, () => gaussian(random));
  const [values, weights, errors] = [draw(rows * width), draw(units * width), draw(rows * units)];
  const matrix = openMatrix(backend.tf, values, width, units);
  const products = matrix.multiply(weights, units);
  const sums = matrix.gather(errors, units);
  const expected = new Float64Array(width * units);
  for (let row = 0; row < rows; row += 1) {
    for (let unit = 0; unit < units; unit += 1) {
      let product = 0;
      for (let i = 0; i < width; i += 1) {
        product += (values[row * width + i] ?? 0) * (weights[unit * width + i] ?? 0);
        expected[unit * width + i] =
          (expected[unit * width + i] ?? 0) +
          (errors[row * units + unit] ?? 0) * (values[row * width + i] ?? 0);
      }
      if (Math.abs((products[row * units + unit] ?? Number.NaN) - product) > 1e-4)
        throw new Error(`Row ${row} has another product with unit ${unit}.`);
    }
  }
  expected.forEach((sum, i) => {
    expect(Math.abs((sums[i] ?? Number.NaN) - sum)).toBeLessThan(1e-4 * Math.sqrt(rows));
  });
  matrix.release();
});
