import { type Backend, chooseBackend } from './backend.ts';
import { stratifiedFolds } from './folds.ts';
import { fitKernel } from './kernel.ts';
import { measure } from './metrics.ts';
import { compileNetworks } from './network.ts';
import { seededRandom } from './random.ts';
import type { LabelledTable } from './table.ts';

const settings = {
  scale: 'number',
  mostPlaces: 60,
  mostRows: 500,
  steepnesses: [0.5, 2, 8],
  penalties: [1, 0.1, 0.01],
} as const;
let backend: Backend;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
});

/** Rings around each other, which no line parts. */
function rings(count: number, classCount: number): LabelledTable {
  const random = seededRandom(1);
  const classes = Uint8Array.from({ length: count }, () => Math.floor(random() * classCount));
  const values = Float64Array.from(classes).reduce<number[]>((all, label) => {
    const [radius, angle] = [1 + label + 0.3 * random(), 2 * Math.PI * random()];
    all.push(radius * Math.cos(angle), radius * Math.sin(angle));
    return all;
  }, []);
  const columns = [{ kind: 'number' }, { kind: 'number' }] as const;
  return { columns, values: Float64Array.from(values), classes, classCount, count };
}

describe.each([2, 3])('a kernel with %i classes', classCount => {
  const table = rings(300, classCount);
  const task = { table, folds: stratifiedFolds(table, 5, 1), seed: 1, mostRows: Infinity };

  it('learns a shape, and says as much of rows that it has not seen', () => {
    const before = backend.tf.memory().numTensors;
    const { logScores, model } = fitKernel(backend.tf, task, settings);
    expect(measure({ ...table, scores: logScores.map(Math.exp) }).accuracy).toBeGreaterThan(0.95);
    const scores = compileNetworks(model)(rings(300, classCount).values).map(Math.exp);
    expect(measure({ ...table, scores }).accuracy).toBeGreaterThan(0.95);
    expect(backend.tf.memory().numTensors).toBe(before);
  });
});
