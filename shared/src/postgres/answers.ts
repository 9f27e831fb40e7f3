import type { Label } from '../contract/classes.ts';
import type { Features } from '../contract/notes.ts';
import type { Sql } from './sql.ts';

/** A prediction that was made, and what a person said of it. */
export interface Answer {
  readonly features: Features;
  readonly answer: Label;
  readonly isCorrect: boolean | null;
}

// The newest batches first, since only they are indexed by time, and then of their notes as many as are wanted.
const newestAnswers = {
  name: 'newest-answers',
  text: `
    with newest as (
      select batch_id, created from predictions where position = 0 order by created desc, batch_id desc limit $1
    )
    select array[variance, skewness, curtosis, entropy] as features, prediction as answer, is_correct as "isCorrect"
    from newest join predictions using (batch_id)
    where position < $1
    order by newest.created desc, batch_id desc, position
    limit $1`,
};

export function readNewestAnswers(sql: Sql, count: number): Promise<Answer[]> {
  return sql.rows<Answer>(newestAnswers, [count]);
}
