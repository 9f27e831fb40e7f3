import type { BatchSummaryAnswer, NoteAnswer } from '../contract/answers.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { columnList, hasTwoClasses } from './features.ts';
import type { Sql, Statement } from './sql.ts';

/** Where a batch stands in the list of batches, which is ordered by these two. */
export type BatchPosition = Pick<BatchSummaryAnswer, 'created' | 'batch_id'>;

/** Predictions and ratings, batch by batch. */
export class Batches {
  readonly #sql: Sql;
  readonly #notes: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#notes = notesOfBatch(dataSet);
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
    return this.#sql.rows<NoteAnswer>(this.#notes, [batchId]);
  }

  /** Which of these batches have been predicted and stored. */
  async storedAmong(batchIds: readonly string[]): Promise<string[]> {
    const rows = await this.#sql.rows<{ batch_id: string }>(storedAmong, [batchIds]);
    return rows.map(({ batch_id }) => batch_id);
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

/** Of more than two classes a rating does not say which one was right, so what people said it is comes with it. */
export function noteColumns(dataSet: DataSet): string {
  const [detail, label] = hasTwoClasses(dataSet) ? ['score', ''] : ['probabilities', 'p.true_label, '];
  return `p.subject_id as subject, ${columnList(dataSet, 'p')}, p.prediction, p.${detail}, p.unlike, p.abstained, p.model_file_name,
      p.is_correct::int as rating, ${label}p.reviewer, p.created`;
}

function notesOfBatch(dataSet: DataSet): Statement {
  const text = `
    select ${noteColumns(dataSet)}
    from predictions p where p.batch_id = $1 order by p.position`;
  return { name: 'notes-of-batch', text };
}

const storedAmong = {
  name: 'stored-batches-among',
  text: 'select batch_id from predictions where position = 0 and batch_id = any ($1::uuid[])',
};
