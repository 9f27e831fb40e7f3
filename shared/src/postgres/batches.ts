import type { Label } from '../contract/classes.ts';
import type { Sql } from './sql.ts';

/** A batch as the list `batches` in Redis has it. */
export interface BatchSummary {
  readonly batch_id: string;
  readonly subjects: readonly string[];
  readonly predictions: readonly Label[];
  readonly created: string;
}

export interface BatchNote {
  readonly subject: string;
  readonly variance: number;
  readonly skewness: number;
  readonly curtosis: number;
  readonly entropy: number;
  readonly prediction: Label;
  readonly score: number | null;
  readonly model_file_name: string | null;
  readonly rating: 0 | 1 | null;
  readonly reviewer: string | null;
  readonly created: Date;
}

const newestBatches = {
  name: 'newest-batches',
  text: `
    select newest.batch_id, newest.created, notes.subjects, notes.predictions
    from (
      select batch_id, created from predictions where position = 0 order by created desc, batch_id desc limit $1
    ) as newest, lateral (
      select array_agg(subject_id order by position) as subjects, array_agg(prediction order by position) as predictions
      from predictions where batch_id = newest.batch_id
    ) as notes
    order by newest.created desc, newest.batch_id desc`,
};

export async function readNewestBatches(sql: Sql, count: number): Promise<BatchSummary[]> {
  return summaries(await sql.rows<SummaryRow>(newestBatches, [count]));
}

/** A place in the list of batches, which is ordered by these two. */
export type BatchPlace = Pick<BatchSummary, 'created' | 'batch_id'>;

const olderBatches = {
  name: 'older-batches',
  text: newestBatches.text.replace(
    'position = 0 order',
    'position = 0 and (created, batch_id) < ($2, $3) order',
  ),
};

/** The batches that follow a place in the list. */
export async function readOlderBatches(
  sql: Sql,
  count: number,
  { created, batch_id }: BatchPlace,
): Promise<BatchSummary[]> {
  return summaries(await sql.rows<SummaryRow>(olderBatches, [count, created, batch_id]));
}

interface SummaryRow extends Omit<BatchSummary, 'created'> {
  readonly created: Date;
}

function summaries(rows: readonly SummaryRow[]): BatchSummary[] {
  return rows.map(({ batch_id, subjects, predictions, created }) => ({
    batch_id,
    subjects,
    predictions,
    created: created.toISOString(),
  }));
}

const oneBatch = {
  name: 'one-batch',
  text: `
    select subject_id as subject, variance, skewness, curtosis, entropy, prediction, score, model_file_name,
      is_correct::int as rating, reviewer, created
    from predictions where batch_id = $1 order by position`,
};

export function readBatch(sql: Sql, batchId: string): Promise<BatchNote[]> {
  return sql.rows<BatchNote>(oneBatch, [batchId]);
}

const storedAmong = {
  name: 'stored-batches-among',
  text: 'select batch_id from predictions where position = 0 and batch_id = any ($1::uuid[])',
};

/** Which of these batches have been predicted and stored. */
export async function readStoredAmong(sql: Sql, batchIds: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ batch_id: string }>(storedAmong, [batchIds]);
  return rows.map(({ batch_id }) => batch_id);
}
