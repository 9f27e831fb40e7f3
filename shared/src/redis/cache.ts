import type { Redis } from 'ioredis';
import type { ModelMessage, PredictionMessage } from '../contract/messages.ts';
import { addToList, type NewestList, readList } from './newest-list.ts';
import { runScript } from './script.ts';

// Every key of the contract, and how each is written.
export const batchList: NewestList = { key: 'batches', bound: 500 };
export const jobList: NewestList = { key: 'jobs', bound: 500 };
const latestModel = {
  name: 'model:latest',
  accuracy: 'model:latest:accuracy',
  created: 'model:latest:created',
};

/** What the loop keeps in Redis: a copy of the newest of what Postgres holds, for those who must have it fast. */
export class Cache {
  readonly redis: Redis;

  constructor(redis: Redis) {
    this.redis = redis;
  }

  async addBatch({ batch_id, subjects, output }: PredictionMessage, created: Date): Promise<boolean> {
    const json = JSON.stringify({ batch_id, subjects, predictions: output, created: created.toISOString() });
    return addToList(this.redis, batchList, { id: batch_id, created, json });
  }

  async addJob(model: ModelMessage, created: Date): Promise<boolean> {
    const { job_id, model_file_name, records, accuracy, data_prep_time, training_time, testing_time } = model;
    const times = { data_prep_time, training_time, testing_time };
    const json = JSON.stringify({
      job_id,
      model_file_name,
      records,
      accuracy,
      ...times,
      created: created.toISOString(),
    });
    return addToList(this.redis, jobList, { id: job_id, created, json });
  }

  newestBatches(count: number): Promise<unknown[]> {
    return readList(this.redis, batchList, count);
  }

  newestJobs(count: number): Promise<unknown[]> {
    return readList(this.redis, jobList, count);
  }

  /** Makes a model the live one, unless a newer one is: late news changes nothing. Answers whether it did. */
  async setLatestModel({ model_file_name, accuracy }: ModelMessage, created: Date): Promise<boolean> {
    const { name, accuracy: accuracyKey, created: createdKey } = latestModel;
    const values = [model_file_name, accuracy, created.getTime()];
    return (await runScript(this.redis, setIfNewer, [name, accuracyKey, createdKey], values)) === 1;
  }

  async latestModelName(): Promise<string | undefined> {
    return (await this.redis.get(latestModel.name)) ?? undefined;
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
