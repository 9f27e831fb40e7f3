import type { BatchSummaryAnswer, NoteAnswer, ReviewNote } from '../contract/answers.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { unlikeFrom } from '../data-set/unlike.ts';
import { classNameOf, columnList, hasTwoClasses } from './features.ts';
import type { Sql, Statement } from './sql.ts';

/** Where a batch stands in the list of batches, which is ordered by these two. */
export type BatchPosition = Pick<BatchSummaryAnswer, 'created' | 'batch_id'>;

export type ReviewOrder = 'newest' | 'uncertain' | 'unlike' | 'look-again';

/** Predictions and ratings, batch by batch. */
export class Batches {
  readonly #sql: Sql;
  readonly #notes: Statement;
  readonly #toReview: Readonly<Record<ReviewOrder, Statement>>;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#notes = notesOfBatch(dataSet);
    this.#toReview = notesToReview(dataSet);
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

  /** Notes that nobody has rated yet, from the newest batches; or, to look at again, those whose labels look wrong or are set aside. */
  notesToReview(order: ReviewOrder, count: number): Promise<ReviewNote[]> {
    return this.#sql.rows<ReviewNote>(this.#toReview[order], [count]);
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
function noteColumns(dataSet: DataSet): string {
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

/** So many of the newest batches are looked through for notes that nobody has rated. */
const batchesLookedThrough = 200;

function notesToLookAtAgain(dataSet: DataSet): Statement {
  const text = `
    select p.batch_id, ${noteColumns(dataSet)}, json_build_object(
        'label', ${classNameOf(dataSet, 't.class')}, 'reason', coalesce(t.set_aside, t.doubt), 'found_by', coalesce(t.set_aside_by, 'suspicion'),
        'set_aside', t.set_aside is not null,
        'suspicion', t.suspicion, 'rated_at', t.created
      ) as look_again
    from training t join predictions p using (batch_id, position)
    where t.set_aside is not null or t.doubt is not null and t.kept_by is null
    order by t.suspicion desc nulls last, t.created desc, t.batch_id, t.position limit $1`;
  return { name: 'notes-to-look-at-again', text };
}

function notesToReview(dataSet: DataSet): Readonly<Record<ReviewOrder, Statement>> {
  const notes = `
    with newest as (
      select batch_id, created as predicted from predictions where position = 0
      order by created desc, batch_id desc limit ${batchesLookedThrough}
    )
    select p.batch_id, ${noteColumns(dataSet)}
    from newest join predictions p on p.batch_id = newest.batch_id
    where p.is_correct is null
    order by`;
  const certainty = hasTwoClasses(dataSet)
    ? 'abs(coalesce(p.score, 1) - 0.5)'
    : 'coalesce((select max(probability) from unnest(p.probabilities) as probability), 1)';
  const newestFirst = 'newest.predicted desc, p.batch_id desc, p.position limit $1';
  return {
    newest: { name: 'notes-to-review-newest', text: `${notes} ${newestFirst}` },
    // What a model has never seen the like of comes first: there it is wrong without a doubt as often as with one.
    uncertain: {
      name: 'notes-to-review-uncertain',
      text: `${notes} (coalesce(p.unlike, 0) >= ${unlikeFrom}) desc, ${certainty}, ${newestFirst}`,
    },
    unlike: { name: 'notes-to-review-unlike', text: `${notes} coalesce(p.unlike, 0) desc, ${newestFirst}` },
    'look-again': notesToLookAtAgain(dataSet),
  };
}
