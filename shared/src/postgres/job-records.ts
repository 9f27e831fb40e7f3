import type { ModelMessage } from '../contract/messages.ts';
import type { Sql } from './sql.ts';

/** A job as the list `jobs` in Redis has it. */
export interface JobRecord {
  readonly job_id: string;
  readonly model_file_name: string;
  readonly records: number;
  readonly accuracy: number;
  readonly data_prep_time: number;
  readonly training_time: number;
  readonly testing_time: number;
  readonly promoted: boolean;
  /** The rule of the gate that decided, and its decision in words. */
  readonly rule: string | null;
  readonly reason: string;
  readonly fingerprint: string | null;
  readonly parent: string | null;
  readonly created: string;
}

const newestJobs = {
  name: 'newest-jobs',
  text: `
    select jobs.id as job_id, model_file_name, records, accuracy, data_prep_time, training_time, testing_time,
      coalesce(promoted, true) as promoted, report->>'rule' as rule, coalesce(reason, '') as reason, fingerprint, parent, jobs.created
    from jobs left join models on models.job_id = jobs.id
    order by jobs.created desc, jobs.id desc limit $1`,
};

export async function readNewestJobs(sql: Sql, count: number): Promise<JobRecord[]> {
  const rows = await sql.rows<Omit<JobRecord, 'created'> & { created: Date }>(newestJobs, [count]);
  return rows.map(row => ({ ...row, created: row.created.toISOString() }));
}

export interface ModelRecord extends Omit<JobRecord, 'created'> {
  readonly report: ModelMessage['report'];
  readonly created: Date;
}

const recordOfModel = `
  select file_name as model_file_name, job_id, fingerprint, parent, promoted, message->'report'->>'rule' as rule, reason,
    (message->>'accuracy')::float8 as accuracy, (message->>'records')::int as records, message->'report' as report,
    (message->>'data_prep_time')::float8 as data_prep_time, (message->>'training_time')::float8 as training_time,
    (message->>'testing_time')::float8 as testing_time, created
  from models`;

const newestModels = {
  name: 'newest-models',
  text: `${recordOfModel} order by created desc, file_name desc limit $1`,
};

export function readNewestModels(sql: Sql, count: number): Promise<ModelRecord[]> {
  return sql.rows<ModelRecord>(newestModels, [count]);
}

const oneModel = { name: 'one-model', text: `${recordOfModel} where file_name = $1` };

export async function readModelRecord(sql: Sql, fileName: string): Promise<ModelRecord | undefined> {
  const [row] = await sql.rows<ModelRecord>(oneModel, [fileName]);
  return row;
}
