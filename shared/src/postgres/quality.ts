import type { Sql } from './sql.ts';

/** How a model did by people's word on its answers. */
export interface LiveAccuracy {
  readonly model_file_name: string;
  readonly rated: number;
  readonly correct: number;
}

/** How one property of notes is spread over the same bins in the training data and in the latest answers. */
export interface Histogram {
  readonly name: string;
  /** Where each bin begins, and where the next one would; null at the ends, which are open. */
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  readonly learned: readonly number[];
  readonly answered: readonly number[];
}

/** How long it takes from a correction to the first answer of a model that learned it, in seconds. */
export interface CorrectionTimes {
  readonly corrections: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** What the tables tell of how well the loop does. */
export class Quality {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** By the ratings of so many last days, the model that answered last first. */
  liveAccuracy(days: number): Promise<LiveAccuracy[]> {
    return this.#sql.rows<LiveAccuracy>(liveAccuracy, [days]);
  }

  /** Compares the newest answers, so many at most, with what was learned. */
  drift(rows: number): Promise<Histogram[]> {
    return this.#sql.rows<Histogram>(drift, [rows]);
  }

  /** Over the newest thousand corrections. One that said what the data said already is not counted: nothing had to change. */
  correctionTimes(): Promise<CorrectionTimes> {
    return this.#sql.row<CorrectionTimes>(correctionTimes, []);
  }

  /** Makes these the alerts that stand; answers which of them are new, and so says each crossing once, to one instance. */
  async raiseAlerts(names: readonly string[]): Promise<string[]> {
    const rows = await this.#sql.rows<{ name: string }>(raiseAlerts, [names]);
    return rows.map(({ name }) => name);
  }
}

const liveAccuracy = {
  name: 'live-accuracy',
  text: `
    select model_file_name, count(*)::int as rated, count(*) filter (where is_correct)::int as correct
    from predictions
    where rated_at >= now() - $1 * interval '1 day' and is_correct is not null and model_file_name is not null
    group by model_file_name
    order by max(created) desc, model_file_name desc
    limit 100`,
};

// The bins are the deciles of what was learned. Of that, the first ten thousand by hash are as good as any sample, and
// always the same. `real` is the share of real notes: as bank or people labelled them, and as the model called them.
const drift = {
  name: 'drift',
  text: `
    with learned as (
      select property.name, property.value
      from (
        select * from training where batch_id is null or role in ('trains', 'judges') order by note_hash limit 10000
      ) as notes, lateral (values
        ('variance', variance), ('skewness', skewness), ('curtosis', curtosis), ('entropy', entropy), ('real', class)
      ) as property (name, value)
    ), newest as (
      select batch_id, created from predictions where position = 0 order by created desc, batch_id desc limit $1
    ), answered as (
      select property.name, property.value
      from (
        select predictions.* from newest join predictions using (batch_id)
        where position < $1
        order by newest.created desc, batch_id desc, position limit $1
      ) as notes, lateral (values
        ('variance', variance), ('skewness', skewness), ('curtosis', curtosis), ('entropy', entropy),
        ('real', (prediction = 'real')::int)
      ) as property (name, value)
    ), bins as (
      select name, array(select distinct edge from unnest(edges) as edge order by edge) as edges
      from (
        select name, percentile_disc(array[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) within group (order by value) as edges
        from learned group by name
      ) as deciles
    ), counted as (
      select name, edges, width_bucket(value, edges) as bin, learned, answered
      from (
        select name, value, 1 as learned, 0 as answered from learned
        union all
        select name, value, 0, 1 from answered
      ) as both_sides join bins using (name)
    ), histogram as (
      select name, edges, bin, sum(learned)::int as learned, sum(answered)::int as answered
      from counted group by name, edges, bin
    )
    select
      name, array_agg(edges[bin] order by bin) as lower, array_agg(edges[bin + 1] order by bin) as upper,
      array_agg(learned order by bin) as learned, array_agg(answered order by bin) as answered
    from histogram group by name order by name`,
};

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

const raiseAlerts = {
  name: 'raise-alerts',
  text: `
    with cleared as (delete from alerts where name <> all ($1))
    insert into alerts (name) select distinct unnest($1::text[])
    on conflict do nothing
    returning name`,
};
