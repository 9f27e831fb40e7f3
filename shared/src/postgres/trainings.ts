import { type ModelMessage, modelMessage } from '../contract/messages.ts';
import type { Sql } from './sql.ts';

export interface EarlierTraining {
  readonly message: ModelMessage;
  /** Whether the announcement has come through to the table of jobs. */
  readonly announced: boolean;
}

// Rows that have been trained on need no training again if it was the last one, if its model answers now, or if it has
// been held against the model that answers now. Otherwise the data has gone back to what it was, after a label was
// withdrawn say, and the model that answers has learned from other rows.
const coveringTraining = {
  name: 'covering-training',
  text: `
    select message, exists (select from jobs where jobs.id = models.job_id) as announced
    from models
    where fingerprint = $1 and (
      file_name = (select file_name from models order by created desc, file_name desc limit 1)
      or file_name = $2 or parent = $2
    )
    order by created desc limit 1`,
};

/** The training that makes another one on exactly these rows pointless, if there is one. */
export async function trainingOn(
  sql: Sql,
  fingerprint: string,
  liveModel: string | undefined,
): Promise<EarlierTraining | undefined> {
  const values = [fingerprint, liveModel ?? null];
  const [row] = await sql.rows<{ message: unknown; announced: boolean }>(coveringTraining, values);
  return row && { message: modelMessage.parse(row.message), announced: row.announced };
}

export interface Rollback {
  readonly model_file_name: string;
  readonly made_by: string;
  readonly why: string;
  readonly created: Date;
}

// A person who promotes such a model again takes the rollback back.
const rollbackOfRows = {
  name: 'rollback-of-rows',
  text: `
    select undone.replaces as model_file_name, undone.made_by, undone.why, undone.created
    from decisions undone join models on models.file_name = undone.replaces
    where undone.kind = 'rollback' and fingerprint = $1 and not exists (
      select from decisions again join models on models.file_name = again.model_file_name
      where again.kind in ('promotion', 'pin') and fingerprint = $1 and again.created > undone.created
    )
    order by undone.created desc limit 1`,
};

/** The rollback of a model that was trained on exactly these rows, if there was one. */
export async function rollbackOf(sql: Sql, fingerprint: string): Promise<Rollback | undefined> {
  const [row] = await sql.rows<Rollback>(rollbackOfRows, [fingerprint]);
  return row;
}

const minutesSince = {
  name: 'minutes-since-last-training',
  text: 'select extract(epoch from clock_timestamp() - max(created))::float8 / 60 as minutes from models',
};

/** How long ago the last model was made; nothing if there is none. */
export async function minutesSinceTraining(sql: Sql): Promise<number | undefined> {
  return (await sql.row<{ minutes: number | null }>(minutesSince, [])).minutes ?? undefined;
}

export interface SkippedTraining {
  /** The id of the message that asked for the training: asked again by the same message, it is the same row. */
  readonly messageId: string;
  readonly batchId: string;
  readonly fingerprint: string;
  readonly reason: string;
  readonly created: Date;
}

const insertSkipped = {
  name: 'insert-skipped-training',
  text: `
    insert into skipped_trainings (message_id, batch_id, fingerprint, reason, created) values ($1, $2, $3, $4, $5)
    on conflict do nothing`,
};

export async function recordSkippedTraining(sql: Sql, skipped: SkippedTraining): Promise<void> {
  const { messageId, batchId, fingerprint, reason, created } = skipped;
  await sql.rows(insertSkipped, [messageId, batchId, fingerprint, reason, created]);
}

const newestSkipped = {
  name: 'newest-skipped-trainings',
  text: `
    select message_id as "messageId", batch_id as "batchId", fingerprint, reason, created
    from skipped_trainings order by created desc, message_id desc limit $1`,
};

export function readNewestSkipped(sql: Sql, count: number): Promise<SkippedTraining[]> {
  return sql.rows<SkippedTraining>(newestSkipped, [count]);
}
