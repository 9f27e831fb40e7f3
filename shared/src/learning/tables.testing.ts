import { gaussian, type Random, seededRandom } from './random.ts';
import type { Column, LabelledTable } from './table.ts';

/** A table with numbers, a category, a yes-no and missing values, whose classes follow from them but for a little. */
export function mixedTable(count: number, seed: number, classCount = 2): LabelledTable {
  const random = seededRandom(seed);
  const columns: Column[] = [
    { kind: 'number' },
    { kind: 'number' },
    { kind: 'category', size: 6 },
    { kind: 'category', size: 2 },
    { kind: 'category', size: 60 },
    { kind: 'number' },
  ];
  const values = new Float64Array(count * columns.length);
  const classes = new Uint8Array(count);
  for (let row = 0; row < count; row += 1) {
    const drawn = drawRow(random);
    values.set(drawn.values, row * columns.length);
    classes[row] = Math.min(classCount - 1, Math.max(0, Math.floor(drawn.sum + classCount / 2)));
  }
  return { columns, values, classes, classCount, count };
}

function drawRow(random: Random) {
  const [a, b, noise] = [gaussian(random), gaussian(random), gaussian(random)];
  const [kind, yes, place] = [Math.floor(random() * 6), Math.floor(random() * 2), Math.floor(random() * 60)];
  const sum = a + (yes ? b : -b) + kind / 3 - 1 + (place % 2) / 2 + 0.1 * noise;
  return { sum, values: [random() < 0.1 ? Number.NaN : a, b, kind, yes, place, noise] };
}
