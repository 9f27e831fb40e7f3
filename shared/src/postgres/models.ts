import { type ModelMessage, modelMessage } from '../contract/messages.ts';
import type { Sql } from './sql.ts';

const insertJob = {
  name: 'insert-job',
  text: `
    with model as (
      insert into models (file_name, job_id, fingerprint, parent, promoted, reason, message, created)
      values ($2, $1, $9, $10, $11, $12, $13, $14)
      on conflict do nothing
    )
    insert into jobs (id, model_file_name, records, accuracy, report, data_prep_time, training_time, testing_time, created)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $14)
    on conflict do nothing
    returning id`,
};

const insertModel = {
  name: 'insert-model',
  text: `
    insert into models (job_id, file_name, fingerprint, parent, promoted, reason, message, created)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict do nothing`,
};

/** Writes the record of a training and its model; answers whether it was new. */
export async function recordJob(sql: Sql, model: ModelMessage, time: Date): Promise<boolean> {
  const { job_id, model_file_name, records, accuracy, report, data_prep_time, training_time, testing_time } =
    model;
  const rows = await sql.rows(insertJob, [
    job_id,
    model_file_name,
    records,
    accuracy,
    JSON.stringify(report),
    data_prep_time,
    training_time,
    testing_time,
    model.fingerprint ?? null,
    model.parent ?? null,
    model.promoted,
    model.reason,
    JSON.stringify(model),
    model.created ?? time,
  ]);
  return rows.length > 0;
}

/** Writes a model down before it is announced, so that a training that dies in between can be announced later. */
export async function recordModel(sql: Sql, model: ModelMessage, time: Date): Promise<void> {
  const { job_id, model_file_name, fingerprint, parent, promoted, reason } = model;
  const created = model.created ?? time;
  const message = JSON.stringify(model);
  await sql.rows(insertModel, [
    job_id,
    model_file_name,
    fingerprint,
    parent ?? null,
    promoted,
    reason,
    message,
    created,
  ]);
}

export interface EarlierTraining {
  readonly message: ModelMessage;
  /** Whether the announcement has come through to the table of jobs. */
  readonly announced: boolean;
}

const byFingerprint = {
  name: 'model-by-fingerprint',
  text: `
    select message, exists (select from jobs where jobs.id = models.job_id) as announced
    from models where fingerprint = $1 order by created desc limit 1`,
};

/** The training that has already been made on exactly these rows, if there is one. */
export async function trainingOn(sql: Sql, fingerprint: string): Promise<EarlierTraining | undefined> {
  const [row] = await sql.rows<{ message: unknown; announced: boolean }>(byFingerprint, [fingerprint]);
  return row && { message: modelMessage.parse(row.message), announced: row.announced };
}

/** The model that answers now, as the database knows it. */
export interface PromotedModel {
  readonly model_file_name: string;
  readonly accuracy: number;
  readonly created: Date;
}

const newestPromoted = {
  name: 'newest-promoted-model',
  text: `
    select file_name as model_file_name, (message->>'accuracy')::float8 as accuracy, created
    from models where promoted order by created desc, file_name desc limit 1`,
};

export async function readLiveModel(sql: Sql): Promise<PromotedModel | undefined> {
  const [row] = await sql.rows<PromotedModel>(newestPromoted, []);
  return row;
}
