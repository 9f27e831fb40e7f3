import type { BatchSummaryAnswer, NoteAnswer, ReviewNote } from '../contract/answers.ts';
import type { Sql } from './sql.ts';

/** Where a batch stands in the list of batches, which is ordered by these two. */
export type BatchPosition = Pick<BatchSummaryAnswer, 'created' | 'batch_id'>;

export type ReviewOrder = 'newest' | 'uncertain';

/** Predictions and ratings, batch by batch. */
export class Batches {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  newest(count: number): Promise<BatchSummaryAnswer[]> {
    return this.#sql.rows<BatchSummaryAnswer>(newestBatches, [count]);
  }

  /** The batches that follow a position in the list of the newest. */
  older(count: number, { created, batch_id }: BatchPosition): Promise<BatchSummaryAnswer[]> {
    return this.#sql.rows<BatchSummaryAnswer>(olderBatches, [count, created, batch_id]);
  }

  /** All notes of a batch, in its order; none if there is no such batch. */
  notes(batchId: string): Promise<NoteAnswer[]> {
    return this.#sql.rows<NoteAnswer>(notesOfBatch, [batchId]);
  }

  /** Which of these batches have been predicted and stored. */
  async storedAmong(batchIds: readonly string[]): Promise<string[]> {
    const rows = await this.#sql.rows<{ batch_id: string }>(storedAmong, [batchIds]);
    return rows.map(({ batch_id }) => batch_id);
  }

  /** Notes that nobody has rated yet, from the newest batches. */
  notesToReview(order: ReviewOrder, count: number): Promise<ReviewNote[]> {
    return this.#sql.rows<ReviewNote>(order === 'newest' ? newestFirst : leastCertainFirst, [count]);
  }
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

const olderBatches = {
  name: 'older-batches',
  text: newestBatches.text.replace(
    'position = 0 order',
    'position = 0 and (created, batch_id) < ($2, $3) order',
  ),
};

const noteColumns = `subject_id as subject, variance, skewness, curtosis, entropy, prediction, score, model_file_name,
      is_correct::int as rating, reviewer, created`;

const notesOfBatch = {
  name: 'notes-of-batch',
  text: `
    select ${noteColumns}
    from predictions where batch_id = $1 order by position`,
};

const storedAmong = {
  name: 'stored-batches-among',
  text: 'select batch_id from predictions where position = 0 and batch_id = any ($1::uuid[])',
};

/** So many of the newest batches are looked through for notes that nobody has rated. */
const batchesLookedThrough = 200;

const notesToReview = `
    with newest as (
      select batch_id, created as predicted from predictions where position = 0
      order by created desc, batch_id desc limit ${batchesLookedThrough}
    )
    select batch_id, ${noteColumns}
    from newest join predictions using (batch_id)
    where is_correct is null
    order by`;

const newestFirst = {
  name: 'notes-to-review-newest',
  text: `${notesToReview} predicted desc, batch_id desc, position limit $1`,
};

const leastCertainFirst = {
  name: 'notes-to-review-uncertain',
  text: `${notesToReview} abs(coalesce(score, 1) - 0.5), predicted desc, batch_id desc, position limit $1`,
};
