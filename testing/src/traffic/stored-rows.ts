import type { DataSet, Row, Value } from '@banknote-loop/shared/data-set';
import type { Pool } from 'pg';

export interface StoredNote {
  readonly batch_id: string;
  readonly position: number;
  readonly subject_id: string;
  readonly features: Row;
  readonly prediction: string;
  readonly score: number | null;
  readonly probabilities: readonly number[] | null;
  readonly model_file_name: string;
  readonly is_correct: boolean | null;
  /** What a person said it is, where somebody said so. */
  readonly true_label: string | null;
}

/** A training row that came of a rating. */
export interface StoredLesson {
  readonly batch_id: string;
  readonly position: number;
  readonly class: number;
}

export async function readNotes(
  { features }: DataSet,
  pool: Pool,
  batchIds: readonly string[],
): Promise<StoredNote[]> {
  const columns = features.map(({ column }) => column);
  const { rows } = await pool.query<Omit<StoredNote, 'features'> & Record<string, Value>>(
    `select batch_id, position, subject_id, prediction, score, probabilities, model_file_name, is_correct, true_label,
       ${columns.join(', ')}
     from predictions where batch_id = any ($1::uuid[]) order by batch_id, position`,
    [batchIds],
  );
  return rows.map(row => ({ ...row, features: columns.map(column => row[column] ?? null) }));
}

export async function readLessons(pool: Pool, batchIds: readonly string[]): Promise<StoredLesson[]> {
  const { rows } = await pool.query<StoredLesson>(
    `select batch_id, position::int, class from training where batch_id = any ($1::uuid[]) order by batch_id, position`,
    [batchIds],
  );
  return rows;
}
