import type { Sql } from './sql.ts';

/** How long it takes from a correction to the first answer of a model that learned it, in seconds. */
export interface CorrectionTimes {
  readonly corrections: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

// A model has learned what the models before it had learned: so a correction is live from the first answer of the
// model that learned it first, or of any later one.
const correctionTimes = {
  name: 'correction-times',
  text: `
    with answers as (
      select job_id, m.created, (
        select min(created) from predictions p where p.model_file_name = m.file_name and position = 0
      ) as first_answer
      from models m order by created desc limit 1000
    ), live as (
      select job_id, min(first_answer) over (order by created desc) as live_at from answers
    ), corrections as (
      select t.created, t.job_id
      from training t join predictions p using (batch_id, position)
      where t.role = 'trains' and not p.is_correct
      order by t.created desc limit 1000
    )
    select count(*)::int as corrections,
      percentile_cont(0.5) within group (order by extract(epoch from live_at - created)) as p50,
      percentile_cont(0.95) within group (order by extract(epoch from live_at - created)) as p95
    from corrections join live using (job_id)
    where live_at > created`,
};

/** Over the newest thousand corrections. One that said what the data said already is not counted: nothing had to change. */
export function readCorrectionTimes(sql: Sql): Promise<CorrectionTimes> {
  return sql.row<CorrectionTimes>(correctionTimes, []);
}
