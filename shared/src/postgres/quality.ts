import type { Sql } from './sql.ts';

/** How a model did by people's word on its answers. */
export interface LiveAccuracy {
  readonly model_file_name: string;
  readonly rated: number;
  readonly correct: number;
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

/** By the ratings of so many last days, the model that answered last first. */
export function readLiveAccuracy(sql: Sql, days: number): Promise<LiveAccuracy[]> {
  return sql.rows<LiveAccuracy>(liveAccuracy, [days]);
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

/** Compares the newest answers, so many at most, with what was learned. */
export function readDrift(sql: Sql, rows: number): Promise<Histogram[]> {
  return sql.rows<Histogram>(drift, [rows]);
}

const renewAlerts = {
  name: 'renew-alerts',
  text: `
    with over as (delete from alerts where name <> all ($1))
    insert into alerts (name) select distinct unnest($1::text[])
    on conflict do nothing
    returning name`,
};

/** Makes these the alerts that stand; answers which of them are new, and so says each crossing once, to one instance. */
export async function raiseAlerts(sql: Sql, names: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ name: string }>(renewAlerts, [names]);
  return rows.map(({ name }) => name);
}
