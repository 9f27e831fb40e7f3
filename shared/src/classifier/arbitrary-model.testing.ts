import fc from 'fast-check';
import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { columnsOf } from '../data-set/row.ts';
import { type Encoder, inputsOf } from '../learning/inputs.ts';
import type { Model } from '../learning/model.ts';

/** A linear model for any data set. */
export function arbitraryModel(dataSet: DataSet): fc.Arbitrary<Model> {
  const columns = columnsOf(dataSet);
  const encoders = columns.map((column): Encoder => {
    if (column.kind === 'number') return { kind: 'number', centre: 1, scale: 2, missing: true };
    const place = new Int32Array(column.size).map((_, i) => i);
    return { kind: 'one-hot', place, inputs: column.size, missing: true };
  });
  const width = encoders.reduce((sum, encoder) => sum + inputsOf(encoder), 0);
  const classCount = classNames(dataSet).length;
  const units = classCount === 2 ? 1 : classCount;
  const numbers = (length: number) =>
    fc.float32Array({ minLength: length, maxLength: length, min: -3, max: 3, noNaN: true });
  return fc.record({ weights: numbers(units * width), biases: numbers(units) }).map(
    (layer): Model => ({
      columns,
      classCount,
      members: [
        { kind: 'networks', networks: { inputs: { encoders, width }, members: [[{ units, ...layer }]] } },
      ],
      blend: { weights: [1.5], shifts: new Array<number>(classCount).fill(0.25), doubt: 0.001 },
    }),
  );
}

/** What a model file says beside the model, where nothing depends on it. */
export const someFacts = {
  created: '2026-01-01T00:00:00.000Z',
  fingerprint: 'some rows',
  seed: 42,
  backend: 'wasm',
  metrics: { trainingRows: 1372, holdOutRows: 0, accuracy: 1, logLoss: 0.01 },
} as const;
