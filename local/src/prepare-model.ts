import { type DataSet, PermanentError } from '@banknote-loop/shared';
import { timeOrderedUuid, until } from '@banknote-loop/shared/base';
import { topics } from '@banknote-loop/shared/contract';
import { publishByHand } from '@banknote-loop/shared/function';
import { loadRecorded, type ModelRecords } from '@banknote-loop/shared/models';
import type { Database } from '@banknote-loop/shared/postgres';
import { rebuildCache } from '@banknote-loop/shared/rebuild';
import { asFunction } from './as-function.ts';
import type { Environment } from './services.ts';

/** A Redis that has lost its data is filled while nothing moves yet; answers whether that was necessary. */
export function mendCache(environment: Environment, dataSet: DataSet): Promise<boolean> {
  return asFunction(environment, dataSet, async instance => {
    const { db, cache } = await instance.clients();
    if ((await cache.latestModelName()) || !(await db.models.live())) return false;
    await rebuildCache(cache, db);
    return true;
  });
}

/** A busy machine takes long to train; a training that comes to nothing says so at once. */
const firstModelDeadlineMs = 180_000;

export type FirstModel =
  | { readonly state: 'answers' | 'answers until the next' }
  | { readonly state: 'refused'; readonly reason: string };

/**
 * A loop without a model answers nothing: the start asks for one, and waits until it is the live one or the training says
 * why there is none. One that was made for an earlier declaration, or chosen in a hurry, answers until the next, which is
 * asked for, too.
 */
export function ensureModel(environment: Environment, dataSet: DataSet): Promise<FirstModel> {
  return asFunction(environment, dataSet, async instance => {
    const { cache, db, store } = await instance.clients();
    const askForModel = async (why: string): Promise<string> => {
      const job = { batch_id: timeOrderedUuid(), subjects: [why], ratings: [null] };
      await publishByHand(instance, topics.job, job);
      return job.batch_id;
    };
    const before = await cache.latestModelName();
    const found = before ? await lookAt({ db, store }, dataSet, before) : 'none';
    if (found === 'none') {
      const [newest] = await db.models.newest(1);
      const job = await askForModel('first model');
      const end = await until(
        'the first model is there; the output of "training" says what became of it',
        async () => {
          const now = await cache.latestModelName();
          return now && now !== before ? 'live' : whyNone(db, newest?.model_file_name, job);
        },
        firstModelDeadlineMs,
      );
      if (end !== 'live') return { state: 'refused', ...end };
    }
    const [newest] = await db.models.newest(1);
    if (found !== 'of an earlier declaration' && !newest?.report.learning?.hurried)
      return { state: 'answers' };
    await askForModel('the next model');
    return { state: 'answers until the next' };
  });
}

/** Why no model came of a training, as soon as it has said so. */
async function whyNone(
  db: ModelRecords['db'] & Pick<Database, 'skippedTrainings'>,
  before: string | undefined,
  job: string,
): Promise<{ readonly reason: string } | undefined> {
  const [newest] = await db.models.newest(1);
  if (newest && newest.model_file_name !== before && !newest.promoted) return { reason: newest.reason };
  const [skipped] = await db.skippedTrainings.newest(1);
  return skipped?.batch_id === job ? { reason: skipped.reason } : undefined;
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
