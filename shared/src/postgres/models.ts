import { type ModelMessage, modelMessage } from '../contract/messages.ts';
import { recordDecision } from './decisions.ts';
import type { Sql } from './sql.ts';

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
    insert into models (job_id, file_name, fingerprint, parent, promoted, reason, message, created)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict do nothing`,
};

/** Writes down what a `model` message announces: a training and its model, or what a person decided of one. */
export async function recordAnnouncement(sql: Sql, model: ModelMessage, time: Date): Promise<boolean> {
  if (model.decision && model.decision.kind !== 'training') {
    await recordDecision(sql, model, time);
    return false;
  }
  await recordModel(sql, model, time);
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
    model.created ?? time,
  ]);
  return rows.length > 0;
}

/** Writes a model down before it is announced, so that a training that dies in between can be announced later. */
export async function recordModel(sql: Sql, model: ModelMessage, time: Date): Promise<void> {
  const { job_id, model_file_name, fingerprint, parent, promoted, reason } = model;
  await sql.rows(insertModel, [
    job_id,
    model_file_name,
    fingerprint ?? null,
    parent ?? null,
    promoted,
    reason,
    JSON.stringify(model),
    model.created ?? time,
  ]);
  await recordDecision(sql, model, time);
}

const announcement = { name: 'announcement', text: 'select message from models where file_name = $1' };

/** What was announced when the model was made. */
export async function readAnnouncement(sql: Sql, fileName: string): Promise<ModelMessage | undefined> {
  const [row] = await sql.rows<{ message: unknown }>(announcement, [fileName]);
  return row && modelMessage.parse(row.message);
}
