import type { BesideBest } from '../classifier/gate/input.ts';
import { type ModelMessage, modelMessage } from '../contract/messages.ts';
import type { DecisionAnswer, JobAnswer } from '../contract/model-answers.ts';
import { Decisions } from './decisions.ts';
import type { Sql } from './sql.ts';

/** The model that answers now, as the database knows it, and how it came to that. */
export interface PromotedModel extends Omit<DecisionAnswer, 'promoted' | 'replaces'> {
  readonly accuracy: number;
  readonly fingerprint: string | null;
}

export interface ModelRecord extends JobAnswer {
  readonly report: ModelMessage['report'];
}

export interface EarlierTraining {
  readonly message: ModelMessage;
  /** Whether the announcement has come through to the table of jobs. */
  readonly announced: boolean;
}

/** Every model ever trained. */
export class Models {
  readonly #sql: Sql;
  readonly #decisions: Decisions;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#decisions = new Decisions(sql);
  }

  newest(count: number): Promise<ModelRecord[]> {
    return this.#sql.rows<ModelRecord>(newestModels, [count]);
  }

  find(fileName: string): Promise<ModelRecord | undefined> {
    return this.#sql.find<ModelRecord>(modelByName, [fileName]);
  }

  live(): Promise<PromotedModel | undefined> {
    return this.#sql.find<PromotedModel>(liveModel, []);
  }

  /** The model that answered before this one and was not rolled back itself. */
  async before(fileName: string): Promise<string | undefined> {
    const found = await this.#sql.find<{ model_file_name: string }>(previousModel, [fileName]);
    return found?.model_file_name;
  }

  /** The newest promoted model that no label of a person's has had a part in. */
  async newestWithoutPeople(): Promise<string | undefined> {
    const found = await this.#sql.find<{ file_name: string }>(newestWithoutPeople, []);
    return found?.file_name;
  }

  /** How the latest models did beside the best one, the newest first. */
  besideBest(best: string, count: number): Promise<BesideBest[]> {
    return this.#sql.rows<BesideBest>(besideBest, [best, count]);
  }

  /** What the model's file was when it was recorded; nothing of those from before this was written down. */
  async contentHash(fileName: string): Promise<string | undefined> {
    const found = await this.#sql.find<{ content_sha256: string | null }>(contentHashOf, [fileName]);
    return found?.content_sha256 ?? undefined;
  }

  /** What was announced when the model was made. */
  async announcement(fileName: string): Promise<ModelMessage | undefined> {
    const found = await this.#sql.find<{ message: unknown }>(announcement, [fileName]);
    return found && modelMessage.parse(found.message);
  }

  /** What was announced of the model of a job, if there has been one. */
  async ofJob(jobId: string): Promise<ModelMessage | undefined> {
    const found = await this.#sql.find<{ message: unknown }>(announcementOfJob, [jobId]);
    return found && modelMessage.parse(found.message);
  }

  /** The training that makes another one on exactly these rows pointless, if there is one. */
  async trainedOn(fingerprint: string, liveModel: string | undefined): Promise<EarlierTraining | undefined> {
    const values = [fingerprint, liveModel ?? null];
    const found = await this.#sql.find<{ message: unknown; announced: boolean }>(trainedOn, values);
    return found && { message: modelMessage.parse(found.message), announced: found.announced };
  }

  /** How long ago the last model was made; nothing if there is none. */
  async minutesSinceNewest(): Promise<number | undefined> {
    const { minutes } = await this.#sql.row<{ minutes: number | null }>(minutesSinceNewest, []);
    return minutes ?? undefined;
  }

  /** Writes a model down before it is announced, so that a training that dies in between can be announced later. */
  async record(model: ModelMessage, time: Date): Promise<void> {
    const { job_id, model_file_name, fingerprint, parent, promoted, reason, content_sha256 } = model;
    await this.#sql.rows(insertModel, [
      job_id,
      model_file_name,
      fingerprint ?? null,
      parent ?? null,
      promoted,
      reason,
      JSON.stringify(model),
      model.created ?? time,
      content_sha256 ?? null,
    ]);
    await this.#decisions.record(model, time);
  }

  /**
   * Writes down what a `model` message announces: a training and its model, or what a person decided of one. Answers
   * whether it is a training that was not known yet.
   */
  async recordAnnouncement(model: ModelMessage, time: Date, address?: string): Promise<boolean> {
    if (model.decision && model.decision.kind !== 'training') {
      await this.#decisions.record(model, time, address);
      return false;
    }
    await this.record(model, time);
    const rows = await this.#sql.rows(insertJob, [
      model.job_id,
      model.model_file_name,
      model.records,
      model.accuracy,
      JSON.stringify(model.report),
      model.data_prep_time,
      model.training_time,
      model.testing_time,
      model.created ?? time,
    ]);
    return rows.length > 0;
  }
}

const selectModels = `
  select file_name as model_file_name, job_id, fingerprint, parent, promoted, message->'report'->>'rule' as rule, reason,
    (message->>'accuracy')::float8 as accuracy, (message->>'records')::int as records, message->'report' as report,
    (message->>'data_prep_time')::float8 as data_prep_time, (message->>'training_time')::float8 as training_time,
    (message->>'testing_time')::float8 as testing_time, created
  from models`;

const newestModels = {
  name: 'newest-models',
  text: `${selectModels} order by created desc, file_name desc limit $1`,
};

const modelByName = { name: 'model-by-name', text: `${selectModels} where file_name = $1` };

const liveModel = {
  name: 'live-model',
  text: `
    select model_file_name, (message->>'accuracy')::float8 as accuracy, fingerprint, kind, made_by, why, decisions.created
    from decisions join models on models.file_name = model_file_name
    where decisions.promoted order by decisions.created desc, model_file_name desc limit 1`,
};

const previousModel = {
  name: 'previous-model',
  text: `
    select model_file_name from decisions
    where promoted and model_file_name <> $1
      and model_file_name not in (select replaces from decisions where kind = 'rollback' and replaces is not null)
    order by created desc, model_file_name desc limit 1`,
};

const newestWithoutPeople = {
  name: 'newest-model-without-people',
  text: `
    select file_name from models where promoted and message #>> '{report,data,training,people}' = '0'
    order by created desc, file_name desc limit 1`,
};

// The results of one best model lie together among the newest: nobody looks for them through all models ever made.
const besideBest = {
  name: 'results-beside-best-model',
  text: `
    select (result->>'fewer')::float8 as fewer, (result->>'logLoss')::float8 as "logLoss"
    from (
      select message #> '{report,besideBest}' as result, created, file_name from models
      order by created desc, file_name desc limit 10 * $2
    ) as latest
    where result->>'best' = $1
    order by created desc, file_name desc limit $2`,
};

const announcement = { name: 'announcement', text: 'select message from models where file_name = $1' };

const contentHashOf = {
  name: 'content-hash-of-model',
  text: 'select content_sha256 from models where file_name = $1',
};

const announcementOfJob = {
  name: 'announcement-of-job',
  text: 'select message from models where job_id = $1',
};

// Rows that have been trained on need no training again if it was the last one, if its model answers now, or if it has
// been held against the model that answers now. Otherwise the data has gone back to what it was, after a label was
// withdrawn say, and the model that answers has learned from other rows.
const trainedOn = {
  name: 'trained-on',
  text: `
    select message, exists (select from jobs where jobs.id = models.job_id) as announced
    from models
    where fingerprint = $1 and (
      file_name = (select file_name from models order by created desc, file_name desc limit 1)
      or file_name = $2 or parent = $2
    )
    order by created desc limit 1`,
};

const minutesSinceNewest = {
  name: 'minutes-since-newest-model',
  text: 'select extract(epoch from clock_timestamp() - max(created))::float8 / 60 as minutes from models',
};

const insertJob = {
  name: 'insert-job',
  text: `
    insert into jobs (id, model_file_name, records, accuracy, report, data_prep_time, training_time, testing_time, created)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict do nothing
    returning id`,
};

const insertModel = {
  name: 'insert-model',
  text: `
    insert into models (job_id, file_name, fingerprint, parent, promoted, reason, message, created, content_sha256)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict do nothing`,
};
