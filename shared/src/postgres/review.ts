import type { BatchNote } from './batches.ts';
import type { Sql } from './sql.ts';

export interface ReviewNote extends BatchNote {
  readonly batch_id: string;
}

/** So many of the newest batches are looked through for notes that nobody has rated. */
const batchesLookedThrough = 200;

const select = `
    with newest as (
      select batch_id, created as predicted from predictions where position = 0
      order by created desc, batch_id desc limit ${batchesLookedThrough}
    )
    select batch_id, subject_id as subject, variance, skewness, curtosis, entropy, prediction, score, model_file_name,
      is_correct::int as rating, reviewer, created
    from newest join predictions using (batch_id)
    where is_correct is null
    order by`;

const newestFirst = {
  name: 'notes-to-review-newest',
  text: `${select} predicted desc, batch_id desc, position limit $1`,
};

const leastCertainFirst = {
  name: 'notes-to-review-uncertain',
  text: `${select} abs(coalesce(score, 1) - 0.5), predicted desc, batch_id desc, position limit $1`,
};

export type ReviewOrder = 'newest' | 'uncertain';

/** Notes that nobody has rated yet, from the newest batches. */
export function readNotesToReview(sql: Sql, order: ReviewOrder, count: number): Promise<ReviewNote[]> {
  return sql.rows<ReviewNote>(order === 'newest' ? newestFirst : leastCertainFirst, [count]);
}
