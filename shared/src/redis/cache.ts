import type { Redis } from 'ioredis';
import { type BatchSummaryAnswer, batchSummary } from '../contract/answers.ts';
import type { ModelMessage, PredictionMessage } from '../contract/messages.ts';
import { type JobAnswer, listedJob } from '../contract/model-answers.ts';
import type { TimeForm } from '../contract/time.ts';
import { batchEntry, jobEntry } from './entries.ts';
import {
  addToList,
  type ListEntry,
  listReader,
  type NewestList,
  type ReadList,
  readRawList,
  replaceList,
} from './newest-list.ts';
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
  /** The same name, which only we write: whatever other programs make of the first, this one could be loaded. */
  good: 'model:latest:good',
  /** There while a person holds the model in its place. */
  pinned: 'model:latest:pinned',
};

export type ListName = keyof typeof lists;
export type LatestModel = Pick<ModelMessage, 'model_file_name' | 'accuracy'>;
/** The model that answers, since when, and whether a person holds it there. */
export type LiveNow = LatestModel & { readonly created: Date; readonly isPin: boolean };

/** What the loop keeps in Redis: a copy of the newest of what Postgres holds, for those who must have it fast. */
export class Cache {
  readonly redis: Redis;
  readonly #times: TimeForm;
  readonly #readBatches: (count: number) => Promise<ReadList<BatchSummaryAnswer>>;
  readonly #readJobs: (count: number) => Promise<ReadList<JobAnswer>>;
  readonly #warnOfForeign: (list: ListName, entries: number) => void;

  /** `warnOfForeign` is told, once for each list, that other programs have written to it what cannot be read here. */
  constructor(
    redis: Redis,
    times: TimeForm = 'zoned',
    warnOfForeign: (list: ListName, entries: number) => void = () => {},
  ) {
    this.redis = redis;
    this.#times = times;
    this.#readBatches = listReader(redis, lists.batches, batchSummary);
    this.#readJobs = listReader(redis, lists.jobs, listedJob);
    const said = new Set<ListName>();
    this.#warnOfForeign = (list, entries) => {
      if (said.has(list)) return;
      said.add(list);
      warnOfForeign(list, entries);
    };
  }

  addBatch(batch: PredictionMessage, time: Date): Promise<boolean> {
    return this.addBatches([batch], time);
  }

  /** Adds batches of one moment; answers whether any of them changed anything. */
  addBatches(batches: readonly PredictionMessage[], time: Date): Promise<boolean> {
    const created = time.toISOString();
    const entries = batches.map(({ batch_id, subjects, output }) =>
      this.batchEntry({ batch_id, subjects, predictions: output, created }),
    );
    return addToList(this.redis, lists.batches, entries);
  }

  addJob(model: ModelMessage, created: Date): Promise<boolean> {
    const { fingerprint = null, parent = null, report } = model;
    const { rule = null } = report;
    const job = { ...model, rule, fingerprint, parent, created: created.toISOString() };
    return addToList(this.redis, lists.jobs, [this.jobEntry(job)]);
  }

  batchEntry(batch: BatchSummaryAnswer): ListEntry {
    return batchEntry(batch, this.#times);
  }

  jobEntry(job: JobAnswer): ListEntry {
    return jobEntry(job, this.#times);
  }

  newestBatches(count: number): Promise<readonly BatchSummaryAnswer[]> {
    return this.#own('batches', this.#readBatches(count));
  }

  newestJobs(count: number): Promise<readonly JobAnswer[]> {
    return this.#own('jobs', this.#readJobs(count));
  }

  async #own<Item>(list: ListName, reading: Promise<ReadList<Item>>): Promise<readonly Item[]> {
    const { entries, foreign } = await reading;
    if (foreign > 0) this.#warnOfForeign(list, foreign);
    return entries;
  }

  /**
   * Makes a model the live one, unless a newer one is: late news changes nothing. Nor does what other programs say, while
   * another model is pinned. Answers whether it did.
   */
  async setLatestModel(
    { model_file_name, accuracy }: LatestModel,
    created: Date,
    { isPin = false, isForeign = false } = {},
  ): Promise<boolean> {
    const { name, accuracy: accuracyKey, created: createdKey, good, pinned } = latestModel;
    const keys = [name, accuracyKey, createdKey, good, pinned];
    const values = [model_file_name, accuracy, created.getTime(), Number(isPin), Number(isForeign)];
    return (await runScript(this.redis, setIfNewer, keys, values)) === 1;
  }

  /** Makes a model the live one whatever is there, or says that there is none. */
  async overwriteLatestModel(model: LiveNow | undefined): Promise<void> {
    const { name, accuracy, created, good, pinned } = latestModel;
    if (!model?.isPin) await this.redis.del(pinned);
    if (!model) await this.redis.del(name, accuracy, created, good);
    else {
      const values = [
        name,
        model.model_file_name,
        accuracy,
        model.accuracy,
        created,
        model.created.getTime(),
        good,
        model.model_file_name,
        ...(model.isPin ? [pinned, 1] : []),
      ];
      await this.redis.mset(...values);
    }
  }

  async latestModelName(): Promise<string | undefined> {
    return (await this.redis.get(latestModel.name)) ?? undefined;
  }

  /** The model that answered last by our own word; another program may have put another name into the place of it. */
  async lastGoodModelName(): Promise<string | undefined> {
    return (await this.redis.get(latestModel.good)) ?? undefined;
  }

  /** When the model that answers was decided on. */
  async latestModelSince(): Promise<Date | undefined> {
    const time = await this.redis.get(latestModel.created);
    return time === null ? undefined : new Date(Number(time));
  }

  /** Whether a person holds the model that answers in its place. */
  async isPinned(): Promise<boolean> {
    return (await this.redis.exists(latestModel.pinned)) === 1;
  }

  /** How many entries a list holds at most. */
  boundOf(list: ListName): number {
    return lists[list].bound;
  }

  replace(list: ListName, entries: readonly ListEntry[], others: 'keep' | 'drop'): Promise<void> {
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
local isOther = redis.call('GET', KEYS[1]) ~= ARGV[1]
if ARGV[5] == '1' and isOther and redis.call('EXISTS', KEYS[5]) == 1 then return 0 end
if newAt < liveAt or (newAt == liveAt and ARGV[1] <= (redis.call('GET', KEYS[1]) or '')) then return 0 end
redis.call('MSET', KEYS[1], ARGV[1], KEYS[2], ARGV[2], KEYS[3], ARGV[3], KEYS[4], ARGV[1])
if ARGV[4] == '1' then redis.call('SET', KEYS[5], 1) elseif ARGV[5] ~= '1' then redis.call('DEL', KEYS[5]) end
return 1
`;
