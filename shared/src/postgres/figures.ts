import type { Sql } from './sql.ts';

/** The numbers that people watch, whose past nothing else tells. */
export const figureNames = ['drift', 'set aside', 'queue age'] as const;
export type FigureName = (typeof figureNames)[number];

export interface Trend {
  readonly name: FigureName;
  readonly points: readonly { readonly at: string; readonly value: number }[];
}

/** How numbers have been that are measured, and not counted from rows that stay. */
export class MeasuredFigures {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Whoever measures writes it down; of each ten minutes the last one stays. */
  async record(figures: Readonly<Partial<Record<FigureName, number>>>): Promise<void> {
    const measured = Object.entries(figures);
    if (measured.length === 0) return;
    await this.#sql.rows(recordFigures, [measured.map(([name]) => name), measured.map(([, value]) => value)]);
  }

  /** Oldest first, of so many last days. */
  async trends(days: number): Promise<Trend[]> {
    const found = await this.#sql.rows<Trend>(readTrends, [days]);
    return figureNames.map(name => found.find(trend => trend.name === name) ?? { name, points: [] });
  }
}

const recordFigures = {
  name: 'record-figures',
  text: `
    insert into figures (name, since, value)
    select name, date_bin('10 minutes', now(), timestamptz '2000-01-01'), value
    from unnest($1::text[], $2::float8[]) as measured (name, value)
    on conflict (name, since) do update set value = excluded.value`,
};

// A day has 144 values of ten minutes; of many days the last one of every hour is enough for a picture.
const readTrends = {
  name: 'read-trends',
  text: `
    select name, json_agg(json_build_object(
        'at', to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'value', value) order by since) as points
    from (
      select distinct on (name, date_bin(step, since, timestamptz '2000-01-01')) name, since, value
      from figures, lateral (select case when $1 > 2 then interval '1 hour' else interval '10 minutes' end as step) as fine
      where since >= now() - $1 * interval '1 day'
      order by name, date_bin(step, since, timestamptz '2000-01-01'), since desc
    ) as kept
    group by name`,
};
