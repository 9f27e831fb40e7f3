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
  readonly created: string;
}

const newestJobs = {
  name: 'newest-jobs',
  text: `
    select id as job_id, model_file_name, records, accuracy, data_prep_time, training_time, testing_time, created
    from jobs order by created desc, id desc limit $1`,
};

export async function readNewestJobs(sql: Sql, count: number): Promise<JobRecord[]> {
  const rows = await sql.rows<Omit<JobRecord, 'created'> & { created: Date }>(newestJobs, [count]);
  return rows.map(row => ({ ...row, created: row.created.toISOString() }));
}

export interface ModelRecord {
  readonly model_file_name: string;
  readonly job_id: string;
  readonly fingerprint: string | null;
  readonly parent: string | null;
  readonly promoted: boolean;
  readonly reason: string;
  readonly accuracy: number;
  readonly records: number;
  readonly report: ModelMessage['report'];
  readonly created: Date;
}

const newestModels = {
  name: 'newest-models',
  text: `
    select file_name as model_file_name, job_id, fingerprint, parent, promoted, reason,
      (message->>'accuracy')::float8 as accuracy, (message->>'records')::int as records, message->'report' as report, created
    from models order by created desc, file_name desc limit $1`,
};

export function readNewestModels(sql: Sql, count: number): Promise<ModelRecord[]> {
  return sql.rows<ModelRecord>(newestModels, [count]);
}
