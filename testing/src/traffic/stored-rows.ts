import type { Row } from '@banknote-loop/shared/data-set';

import type { Pool } from 'pg';

export interface StoredNote {
  readonly batch_id: string;
  readonly position: number;
  readonly subject_id: string;
  readonly features: Row;
  readonly prediction: string;
  readonly score: number;
  readonly model_file_name: string;
  readonly is_correct: boolean | null;
}

/** A training row that came of a rating. */
export interface StoredLesson {
  readonly batch_id: string;
  readonly position: number;
  readonly class: 0 | 1;
}

export async function readNotes(pool: Pool, batchIds: readonly string[]): Promise<StoredNote[]> {
  const { rows } = await pool.query<StoredNote>(
    `select batch_id, position, subject_id, array[variance, skewness, curtosis, entropy] as features, prediction, score,
       model_file_name, is_correct
     from predictions where batch_id = any ($1::uuid[]) order by batch_id, position`,
    [batchIds],
  );
  return rows;
}

export async function readLessons(pool: Pool, batchIds: readonly string[]): Promise<StoredLesson[]> {
  const { rows } = await pool.query<StoredLesson>(
    `select batch_id, position::int, class from training where batch_id = any ($1::uuid[]) order by batch_id, position`,
    [batchIds],
  );
  return rows;
}
