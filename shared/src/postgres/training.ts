import type { Sample } from '../contract/answers.ts';
import type { DataSet as Declaration } from '../data-set/declaration.ts';
import { texts } from './arrays.ts';
import {
  type DataSet,
  decodeDataSet,
  type EncodedDataSet,
  type InfluenceCaps,
  type RoleChange,
} from './data-set.ts';
import { readDataSet } from './data-set-query.ts';
import type { Sql } from './sql.ts';

export interface SyncedRows {
  /** Rated notes of the message that train or judge models now. */
  readonly rated: number;
  /** Rows that are new, or say something else than before. */
  readonly written: number;
  /** Rows whose rating was withdrawn. */
  readonly removed: number;
}

/** The rows that models learn from and are judged by. */
export class Training {
  readonly #sql: Sql;
  readonly #dataSet: Declaration;

  constructor(sql: Sql, dataSet: Declaration) {
    this.#sql = sql;
    this.#dataSet = dataSet;
  }

  /** Makes the rows of these notes say what people say of them now. */
  sync(batchId: string, subjects: readonly string[]): Promise<SyncedRows> {
    return this.#sql.row<SyncedRows>(syncRows, [batchId, texts(subjects)]);
  }

  /** The rows that a training takes now, and those that judge it. */
  async dataSet({ reviewerShare, batchShare, minimumRows }: InfluenceCaps): Promise<DataSet> {
    const values = [reviewerShare, batchShare, minimumRows];
    return decodeDataSet(this.#dataSet, await this.#sql.row<EncodedDataSet>(readDataSet, values));
  }

  /** Writes down what a training made of people's labels. */
  async recordRoles(jobId: string, changes: readonly RoleChange[]): Promise<void> {
    if (changes.length > 0) await this.#sql.rows(recordRoles, [jobId, JSON.stringify(changes)]);
  }

  /** Notes of bank_data.csv, drawn at random, with what they are known to be. */
  drawSamples(count: number): Promise<Sample[]> {
    return this.#sql.rows<Sample>(drawSamples, [count]);
  }
}

// The rows are not computed from the message but from what the table of predictions says now, under a lock on those
// predictions: so it does not matter which of several messages about a note comes last.
const syncRows = {
  name: 'sync-training-rows',
  text: `
    with rated_notes as (
      select batch_id, position, variance, skewness, curtosis, entropy, prediction, is_correct, rated_at, reviewer
      from predictions
      where batch_id = $1 and subject_id = any ($2::text[])
      order by position
      for update
    ), removed as (
      delete from training t using rated_notes
      where t.batch_id = rated_notes.batch_id and t.position = rated_notes.position and rated_notes.is_correct is null
      returning 1
    ), written as (
      insert into training as stored (batch_id, position, variance, skewness, curtosis, entropy, class, reviewer, created)
      select batch_id, position, variance, skewness, curtosis, entropy, ((prediction = 'real') = is_correct)::int, reviewer, rated_at
      from rated_notes
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
      (select count(*)::int from rated_notes where is_correct is not null) as rated,
      (select count(*)::int from written) as written,
      (select count(*)::int from removed) as removed`,
};

// A label that has been changed since the data set was read has not been learned as it is now.
const recordRoles = {
  name: 'record-label-roles',
  text: `
    update training t set role = change.role, job_id = $1
    from json_to_recordset($2) as change (batch_id uuid, position bigint, class smallint, role text)
    where t.batch_id = change.batch_id and t.position = change.position and t.class = change.class`,
};

const drawSamples = {
  name: 'draw-samples',
  text: `
    select array[variance, skewness, curtosis, entropy] as features,
      case class when 1 then 'real' else 'fake' end as label
    from training where batch_id is null order by random() limit $1`,
};
