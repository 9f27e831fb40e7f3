import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { readTopology } from '../../functions/topology.ts';

// The folders are those that `npm test` has built.
const output = join(import.meta.dirname, '../../dist/functions');

function clientsOf({ name }: AnyFunction): readonly string[] {
  const folder = join(output, name, 'clients');
  return existsSync(folder) ? readdirSync(folder) : [];
}

const uses = (definition: AnyFunction, resource: string): boolean =>
  Object.values(definition.uses).some(({ name }) => name === resource);

let functions: readonly AnyFunction[];
beforeAll(async () => {
  functions = await readTopology();
});

it('gives a function the database client if it uses the database, and else not', () => {
  for (const definition of functions) {
    expect([definition.name, clientsOf(definition).includes('postgres.mjs')]).toEqual([
      definition.name,
      uses(definition, 'database'),
    ]);
  }
});

it('gives TensorFlow to the training alone, with its WebAssembly beside it', () => {
  const withTensorFlow = functions.filter(definition => clientsOf(definition).includes('tensorflow.mjs'));
  expect(withTensorFlow.map(({ name }) => name)).toEqual(['training']);
  for (const definition of withTensorFlow) {
    expect(clientsOf(definition)).toEqual(
      expect.arrayContaining(['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']),
    );
  }
});
