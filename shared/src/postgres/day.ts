import { correctionsAndLive } from './quality.ts';
import type { Sql } from './sql.ts';

/** What went through the loop in an hour. */
export interface HourOfUse {
  readonly at: string;
  readonly batches: number;
  readonly notes: number;
  /** From submission to the answer; null where ids do not tell when something was submitted. */
  readonly p99_seconds: number | null;
}

export interface RatedDay {
  readonly at: string;
  readonly rated: number;
  readonly correct: number;
}

export interface CorrectionDay {
  readonly at: string;
  readonly p50_seconds: number;
}

export interface DayOfUse {
  readonly at: string;
  readonly batches: number;
}

/** How much the loop has done lately, and how well. */
export class Day {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The last 24 hours, oldest first; hours in which nothing came are left out. */
  hours(): Promise<HourOfUse[]> {
    return this.#sql.rows<HourOfUse>(hoursOfUse, []);
  }

  /** How long 50 and 99 of 100 batches of the last 24 hours took from submission to the answer. */
  waiting(): Promise<{ readonly p50_seconds: number | null; readonly p99_seconds: number | null }> {
    return this.#sql.row(waitingTimes, []);
  }

  /** What people said of answers, whichever model gave them, day by day. */
  ratings(days: number): Promise<RatedDay[]> {
    return this.#sql.rows<RatedDay>(ratingsByDay, [days]);
  }

  /** How long corrections took to be live, by the day on which they were made. */
  corrections(): Promise<CorrectionDay[]> {
    return this.#sql.rows<CorrectionDay>(correctionsByDay, []);
  }

  /** Batches since an instant, day by day. */
  use(since: Date): Promise<DayOfUse[]> {
    return this.#sql.rows<DayOfUse>(useByDay, [since]);
  }

  /** How many notes a batch has, by the newest thousand. */
  async notesOfBatch(): Promise<number> {
    return (await this.#sql.row<{ notes: number }>(notesOfBatch, [])).notes;
  }
}

/** So many batches are looked at one by one; of more, the newest stand for all. */
const mostBatches = 20_000;

/** An id of version 7 begins with the milliseconds at which it was made. */
const submitted = `case when substr(batch_id::text, 15, 1) = '7'
      then ('x' || lpad(left(replace(batch_id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0 end`;

const batchesOfDay = `
    batch as (
      select batch_id, created from predictions where position = 0 and created >= now() - interval '24 hours'
    ), looked_at as (
      select created, (
          select max(position) + 1 from predictions where batch_id = newest.batch_id
        ) as notes, greatest(0, extract(epoch from created) - ${submitted}) as waited
      from (select * from batch order by created desc limit ${mostBatches}) as newest
    )`;

const hoursOfUse = {
  name: 'hours-of-use',
  text: `
    with ${batchesOfDay}, counted as (
      select date_bin('1 hour', created, timestamptz '2000-01-01') as at, count(*)::int as batches from batch group by 1
    ), sized as (
      select date_bin('1 hour', created, timestamptz '2000-01-01') as at, avg(notes) as mean,
        percentile_cont(0.99) within group (order by waited) as p99_seconds
      from looked_at group by 1
    )
    select at, batches, round(batches * coalesce(mean, (select avg(notes) from looked_at)))::int as notes,
      p99_seconds::float8 as p99_seconds
    from counted left join sized using (at) order by at`,
};

const waitingTimes = {
  name: 'waiting-times',
  text: `
    with ${batchesOfDay}
    select (percentile_cont(0.5) within group (order by waited))::float8 as p50_seconds,
      (percentile_cont(0.99) within group (order by waited))::float8 as p99_seconds
    from looked_at`,
};

const ratingsByDay = {
  name: 'ratings-by-day',
  text: `
    select date_trunc('day', rated_at) as at, count(*)::int as rated, count(*) filter (where is_correct)::int as correct
    from predictions
    where rated_at >= now() - $1 * interval '1 day' and is_correct is not null
    group by 1 order by 1`,
};

const correctionsByDay = {
  name: 'corrections-by-day',
  text: `
    with ${correctionsAndLive}
    select date_trunc('day', created) as at,
      (percentile_cont(0.5) within group (order by extract(epoch from live_at - created)))::float8 as p50_seconds
    from corrections join live using (job_id)
    where live_at > created group by 1 order by 1`,
};

const useByDay = {
  name: 'use-by-day',
  text: `
    select date_trunc('day', created) as at, count(*)::int as batches
    from predictions where position = 0 and created >= $1 group by 1 order by 1`,
};

const notesOfBatch = {
  name: 'notes-of-batch-on-average',
  text: `
    select coalesce(avg((select max(position) + 1 from predictions where batch_id = newest.batch_id)), 0)::float8 as notes
    from (select batch_id from predictions where position = 0 order by created desc, batch_id desc limit 1000) as newest`,
};
