import { texts } from './arrays.ts';
import type { Sql } from './sql.ts';

export interface SyncOutcome {
  /** Rated notes of the message that train or judge models now. */
  readonly rated: number;
  /** Rows that are new, or say something else than before. */
  readonly written: number;
  /** Rows whose rating was withdrawn. */
  readonly removed: number;
}

// The rows are not computed from the message but from what the table of predictions says now, under a lock on those
// predictions: so it does not matter which of several messages about a note comes last.
const syncRows = {
  name: 'sync-training-rows',
  text: `
    with noted as (
      select batch_id, position, variance, skewness, curtosis, entropy, prediction, is_correct, rated_at, reviewer
      from predictions
      where batch_id = $1 and subject_id = any ($2::text[])
      order by position
      for update
    ), removed as (
      delete from training t using noted
      where t.batch_id = noted.batch_id and t.position = noted.position and noted.is_correct is null
      returning 1
    ), written as (
      insert into training as stored (batch_id, position, variance, skewness, curtosis, entropy, class, reviewer, created)
      select batch_id, position, variance, skewness, curtosis, entropy, ((prediction = 'real') = is_correct)::int, reviewer, rated_at
      from noted
      where is_correct is not null
      on conflict (batch_id, position) do update
        set class = excluded.class, reviewer = excluded.reviewer, created = excluded.created,
          -- What became of another label says nothing of this one.
          role = case when stored.class = excluded.class then stored.role end,
          job_id = case when stored.class = excluded.class then stored.job_id end
        where (stored.class, stored.reviewer, stored.created)
          is distinct from (excluded.class, excluded.reviewer, excluded.created)
      returning 1
    )
    select
      (select count(*)::int from noted where is_correct is not null) as rated,
      (select count(*)::int from written) as written,
      (select count(*)::int from removed) as removed`,
};

/** Makes the training rows of these notes say what people say of them now. */
export async function syncTrainingRows(
  sql: Sql,
  batchId: string,
  subjects: readonly string[],
): Promise<SyncOutcome> {
  return sql.row<SyncOutcome>(syncRows, [batchId, texts(subjects)]);
}
