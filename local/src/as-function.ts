import type { DataSet } from '@banknote-loop/shared';
import { startInstance } from '@banknote-loop/shared/function';
import { cache, database, modelStore } from '@banknote-loop/shared/resources';
import type { Environment } from './services.ts';

/** Works with what the functions work with, in the place of one. */
export async function asFunction<T>(
  environment: Environment,
  dataSet: DataSet,
  work: (instance: ReturnType<typeof open>) => Promise<T>,
): Promise<T> {
  const instance = open(environment, dataSet);
  try {
    return await work(instance);
  } finally {
    await instance.close();
  }
}

function open(environment: Environment, dataSet: DataSet) {
  const definition = { name: 'loop', uses: { db: database, cache, store: modelStore }, publishes: [] };
  return startInstance(definition, { ...environment, LOG_LEVEL: 'silent' }, dataSet);
}
