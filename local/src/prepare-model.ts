import type { DataSet } from '@banknote-loop/shared';
import { timeOrderedUuid, until } from '@banknote-loop/shared/base';
import { topics } from '@banknote-loop/shared/contract';
import { startInstance } from '@banknote-loop/shared/function';
import { rebuildCache } from '@banknote-loop/shared/rebuild';
import { cache, database } from '@banknote-loop/shared/resources';
import type { Environment } from './services.ts';

/** Works with what the functions work with, in the place of one. */
async function asFunction<T>(
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
  const definition = { name: 'loop', uses: { db: database, cache }, publishes: [] };
  return startInstance(definition, { ...environment, LOG_LEVEL: 'silent' }, dataSet);
}

/** A Redis that has lost its data is filled while nothing moves yet; answers whether that was necessary. */
export function mendCache(environment: Environment, dataSet: DataSet): Promise<boolean> {
  return asFunction(environment, dataSet, async instance => {
    const { db, cache } = await instance.clients();
    if ((await cache.latestModelName()) || !(await db.models.live())) return false;
    await rebuildCache(cache, db);
    return true;
  });
}

const firstModelDeadlineMs = 60_000;

/** A loop without a model answers nothing: the first start asks for one, and waits until it is the live one. */
export function ensureModel(environment: Environment, dataSet: DataSet): Promise<void> {
  return asFunction(environment, dataSet, async instance => {
    const { cache } = await instance.clients();
    if (await cache.latestModelName()) return;
    const job = { batch_id: timeOrderedUuid(), subjects: ['first model'], ratings: [null] };
    await (await instance.publisher()).send(topics.job.name, Buffer.from(JSON.stringify(job)), {});
    const there = 'the first model is there; the output of "training" says what became of it';
    await until(there, () => cache.latestModelName(), firstModelDeadlineMs);
  });
}
