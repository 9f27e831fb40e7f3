import { type DataSet, PermanentError } from '@banknote-loop/shared';
import { timeOrderedUuid, until } from '@banknote-loop/shared/base';
import { topics } from '@banknote-loop/shared/contract';
import { startInstance } from '@banknote-loop/shared/function';
import { loadRecorded, type ModelRecords } from '@banknote-loop/shared/models';
import { rebuildCache } from '@banknote-loop/shared/rebuild';
import { cache, database, modelStore } from '@banknote-loop/shared/resources';
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
  const definition = { name: 'loop', uses: { db: database, cache, store: modelStore }, publishes: [] };
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

/**
 * A loop without a model answers nothing: the start asks for one, and waits until it is the live one. One that was made for
 * an earlier declaration answers until the next, which is asked for, too.
 */
export function ensureModel(environment: Environment, dataSet: DataSet): Promise<void> {
  return asFunction(environment, dataSet, async instance => {
    const { cache, db, store } = await instance.clients();
    const before = await cache.latestModelName();
    const found = before ? await lookAt({ db, store }, dataSet, before) : 'none';
    if (found === 'good') return;
    const job = { batch_id: timeOrderedUuid(), subjects: ['first model'], ratings: [null] };
    await (await instance.publisher()).send(topics.job.name, Buffer.from(JSON.stringify(job)), {});
    if (found === 'of an earlier declaration') return;
    const there = 'the first model is there; the output of "training" says what became of it';
    const another = async () => {
      const now = await cache.latestModelName();
      return now !== before && now;
    };
    await until(there, another, firstModelDeadlineMs);
  });
}

/** Whether a model answers under the declaration; one that cannot be read at the moment may. */
async function lookAt(
  records: ModelRecords,
  dataSet: DataSet,
  name: string,
): Promise<'good' | 'of an earlier declaration' | 'none'> {
  try {
    const { isOfEarlier } = await loadRecorded(dataSet, records, name);
    return isOfEarlier ? 'of an earlier declaration' : 'good';
  } catch (error) {
    return error instanceof PermanentError ? 'none' : 'good';
  }
}
