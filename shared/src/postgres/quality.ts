import type { DataSet } from '../data-set/declaration.ts';
import { type Distribution, type DriftRecord, driftStatement, histogramsOf } from './drift.ts';
import type { Sql, Statement } from './sql.ts';

/** How a model did by people's word on its answers. */
export interface LiveAccuracy {
  readonly model_file_name: string;
  readonly rated: number;
  readonly correct: number;
}

/** How long it takes from a correction to the first answer of a model that learned it, in seconds. */
export interface CorrectionTimes {
  readonly corrections: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** How learning stands. */
export interface LearningState {
  readonly setAside: number;
  readonly refusalsInARow: number;
}

/** How well the loop does, by its tables. */
export class Quality {
  readonly #sql: Sql;
  readonly #dataSet: DataSet;
  readonly #drift: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#drift = driftStatement(dataSet);
  }

  /** By the ratings of so many last days, the model that answered last first. */
  liveAccuracy(days: number): Promise<LiveAccuracy[]> {
    return this.#sql.rows<LiveAccuracy>(liveAccuracy, [days]);
  }

  /** Compares the newest answers, so many at most, with what was learned. */
  async drift(rows: number): Promise<Distribution[]> {
    return histogramsOf(this.#dataSet, await this.#sql.rows<DriftRecord>(this.#drift, [rows]));
  }

  /** Over the newest thousand corrections. One that said what the data said already is not counted: nothing had to change. */
  correctionTimes(): Promise<CorrectionTimes> {
    return this.#sql.row<CorrectionTimes>(correctionTimes, []);
  }

  learning(): Promise<LearningState> {
    return this.#sql.row<LearningState>(learningState, []);
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

/**
 * The newest corrections, and when each training was live. A model has learned what the models before it had learned: so
 * a correction is live from the first answer of the model that learned it first, or of any later one.
 */
export const correctionsAndLive = `
    answers as (
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
    )`;

const correctionTimes = {
  name: 'correction-times',
  text: `
    with ${correctionsAndLive}
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

// A training that was refused because somebody holds a model in its place says nothing about labels.
const learningState = {
  name: 'learning-state',
  text: `
    select (select count(*)::int from training where set_aside is not null) as "setAside",
      (
        select count(*)::int from models
        where not promoted and coalesce(message->'report'->>'rule', '') <> 'pinned'
          and created > coalesce((select max(created) from models where promoted), '-infinity')
      ) as "refusalsInARow"`,
};
