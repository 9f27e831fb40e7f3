import type { Redis } from 'ioredis';
import type { ModelMessage, PredictionMessage } from '../contract/messages.ts';
import { batchEntry, jobEntry } from './entries.ts';
import { addToList, type Entry, type NewestList, readList, readRawList, replaceList } from './newest-list.ts';
import { runScript } from './script.ts';

// Every key of the contract, and how each is written.
const lists = { batches: { key: 'batches', bound: 500 }, jobs: { key: 'jobs', bound: 500 } } satisfies Record<
  string,
  NewestList
>;
const latestModel = {
  name: 'model:latest',
  accuracy: 'model:latest:accuracy',
  created: 'model:latest:created',
};

export type ListName = keyof typeof lists;
export type LatestModel = Pick<ModelMessage, 'model_file_name' | 'accuracy'>;

/** What the loop keeps in Redis: a copy of the newest of what Postgres holds, for those who must have it fast. */
export class Cache {
  readonly redis: Redis;

  constructor(redis: Redis) {
    this.redis = redis;
  }

  addBatch(batch: PredictionMessage, time: Date): Promise<boolean> {
    return this.addBatches([batch], time);
  }

  /** Adds batches of one moment; answers whether any of them changed anything. */
  addBatches(batches: readonly PredictionMessage[], time: Date): Promise<boolean> {
    const created = time.toISOString();
    const entries = batches.map(({ batch_id, subjects, output }) =>
      batchEntry({ batch_id, subjects, predictions: output, created }),
    );
    return addToList(this.redis, lists.batches, entries);
  }

  addJob(model: ModelMessage, created: Date): Promise<boolean> {
    const { fingerprint = null, parent = null, report } = model;
    const { rule = null } = report;
    const job = { ...model, rule, fingerprint, parent, created: created.toISOString() };
    return addToList(this.redis, lists.jobs, [jobEntry(job)]);
  }

  newestBatches(count: number): Promise<unknown[]> {
    return readList(this.redis, lists.batches, count);
  }

  newestJobs(count: number): Promise<unknown[]> {
    return readList(this.redis, lists.jobs, count);
  }

  /** Makes a model the live one, unless a newer one is: late news changes nothing. Answers whether it did. */
  async setLatestModel({ model_file_name, accuracy }: LatestModel, created: Date): Promise<boolean> {
    const { name, accuracy: accuracyKey, created: createdKey } = latestModel;
    const values = [model_file_name, accuracy, created.getTime()];
    return (await runScript(this.redis, setIfNewer, [name, accuracyKey, createdKey], values)) === 1;
  }

  /** Makes a model the live one whatever is there, or says that there is none. */
  async overwriteLatestModel(model: (LatestModel & { readonly created: Date }) | undefined): Promise<void> {
    const { name, accuracy, created } = latestModel;
    if (!model) await this.redis.del(name, accuracy, created);
    else {
      const values = [
        name,
        model.model_file_name,
        accuracy,
        model.accuracy,
        created,
        model.created.getTime(),
      ];
      await this.redis.mset(...values);
    }
  }

  async latestModelName(): Promise<string | undefined> {
    return (await this.redis.get(latestModel.name)) ?? undefined;
  }

  /** When the model that answers was decided on. */
  async latestModelSince(): Promise<Date | undefined> {
    const time = await this.redis.get(latestModel.created);
    return time === null ? undefined : new Date(Number(time));
  }

  /** How many entries a list holds at most. */
  boundOf(list: ListName): number {
    return lists[list].bound;
  }

  replace(list: ListName, entries: readonly Entry[], others: 'keep' | 'drop'): Promise<void> {
    return replaceList(this.redis, lists[list], entries, others);
  }

  rawEntries(list: ListName): Promise<string[]> {
    return readRawList(this.redis, lists[list], lists[list].bound);
  }
}

// Two models of one millisecond are told apart by their names, so that all instances choose alike.
const setIfNewer = `
local liveAt = tonumber(redis.call('GET', KEYS[3]) or '-1')
local newAt = tonumber(ARGV[3])
if newAt < liveAt or (newAt == liveAt and ARGV[1] <= (redis.call('GET', KEYS[1]) or '')) then return 0 end
redis.call('MSET', KEYS[1], ARGV[1], KEYS[2], ARGV[2], KEYS[3], ARGV[3])
return 1
`;
