import type { Sql } from './sql.ts';

export interface RatedBatch {
  readonly batch_id: string;
  readonly rated: number;
  readonly at: Date;
}

// Milliseconds, as JavaScript has no finer ones: a rating must not count as newer than itself.
const ratedSince = {
  name: 'rated-since',
  text: `
    select batch_id, count(*)::int as rated, date_trunc('milliseconds', max(rated_at)) as at from predictions
    where rated_at is not null and rated_at >= $1::timestamptz + interval '1 millisecond'
    group by batch_id order by 3 limit 100`,
};

/** The batches of which notes have been rated after an instant. */
export function readRatedSince(sql: Sql, instant: Date): Promise<RatedBatch[]> {
  return sql.rows<RatedBatch>(ratedSince, [instant]);
}
