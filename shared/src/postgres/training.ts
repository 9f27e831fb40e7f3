import type { DataSet } from '../data-set/declaration.ts';
import type { Row, Value } from '../data-set/row.ts';
import { texts } from './arrays.ts';
import { classNames, columnList, learnedClass, placedColumns, withRow } from './features.ts';
import { secondWord } from './labels.ts';
import type { Sql, Statement } from './sql.ts';
import {
  decodeTrainingData,
  type EncodedTrainingData,
  type InfluenceCaps,
  type RoleChange,
  type TrainingData,
} from './training-data.ts';
import { readTrainingData } from './training-data-query.ts';

export interface SyncedRows {
  /** Rated notes of the message that train or judge models now. */
  readonly rated: number;
  /** Rows that are new, or say something else than before. */
  readonly written: number;
  /** Rows whose rating was withdrawn. */
  readonly removed: number;
}

/** An item that came with the data set, and what it is known to be. */
export interface KnownItem {
  readonly features: Row;
  readonly label: string;
}

/** The rows that models learn from and are judged by. */
export class Training {
  readonly #sql: Sql;
  readonly #dataSet: DataSet;
  readonly #sync: Statement;
  readonly #read: Statement;
  readonly #draw: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#sync = syncRows(dataSet);
    this.#read = readTrainingData(dataSet);
    this.#draw = drawSamples(dataSet);
  }

  /** Makes the rows of these notes say what people say of them now. */
  sync(batchId: string, subjects: readonly string[]): Promise<SyncedRows> {
    return this.#sql.row<SyncedRows>(this.#sync, [batchId, texts(subjects)]);
  }

  /** The rows that a training takes now, and those that judge it. */
  async dataSet({ reviewerShare, batchShare, minimumRows }: InfluenceCaps): Promise<TrainingData> {
    const values = [reviewerShare, batchShare, minimumRows];
    return decodeTrainingData(this.#dataSet, await this.#sql.row<EncodedTrainingData>(this.#read, values));
  }

  /** Writes down what a training made of people's labels. */
  async recordRoles(jobId: string, changes: readonly RoleChange[]): Promise<void> {
    if (changes.length > 0) await this.#sql.rows(recordRoles, [jobId, JSON.stringify(changes)]);
  }

  /** Items that came with the data set, drawn at random. */
  async drawSamples(count: number): Promise<KnownItem[]> {
    const names = classNames(this.#dataSet);
    const drawn = await this.#sql.rows<Record<number, Value> & { class: number }>(this.#draw, [count]);
    return drawn.map(record => {
      const { features, class: number } = withRow(this.#dataSet, record);
      return { features, label: names[number] ?? '' };
    });
  }
}

// The rows are not computed from the message but from what the table of predictions says now, under a lock on those
// predictions: so it does not matter which of several messages about a note comes last.
function syncRows(dataSet: DataSet): Statement {
  const columns = columnList(dataSet);
  const learned = { label: 'true_label', prediction: 'prediction', isCorrect: 'is_correct' };
  const text = `
    with rated_notes as (
      select batch_id, position, ${columns}, ${learnedClass(dataSet, learned)} as class, rated_at, reviewer
      from predictions
      where batch_id = $1 and subject_id = any ($2::text[])
      order by position
      for update
    ), removed as (
      delete from training t using rated_notes
      where t.batch_id = rated_notes.batch_id and t.position = rated_notes.position and rated_notes.class is null
      returning 1
    ), written as (
      insert into training as stored (batch_id, position, ${columns}, class, reviewer, created)
      select batch_id, position, ${columns}, class, reviewer, rated_at
      from rated_notes
      where class is not null
      on conflict (batch_id, position) do update
        set class = excluded.class, reviewer = excluded.reviewer, created = excluded.created,
          -- What became of another label says nothing of this one.
          role = case when stored.class = excluded.class then stored.role end,
          job_id = case when stored.class = excluded.class then stored.job_id end,
          ${keptWhileSame(checkedColumns)},
          seconded_by = case when stored.class = excluded.class then ${secondWord('stored', 'excluded.reviewer')} end
        where (stored.class, stored.reviewer, stored.created)
          is distinct from (excluded.class, excluded.reviewer, excluded.created)
      returning 1
    )
    select
      (select count(*)::int from rated_notes where class is not null) as rated,
      (select count(*)::int from written) as written,
      (select count(*)::int from removed) as removed`;
  return { name: 'sync-training-rows', text };
}

const checkedColumns = [
  'checked_by',
  'plausibility',
  'unlike',
  'oddity',
  'suspicion',
  'kept_by',
  'set_aside',
  'set_aside_by',
];

function keptWhileSame(columns: readonly string[]): string {
  return columns
    .map(column => `${column} = case when stored.class = excluded.class then stored.${column} end`)
    .join(',\n          ');
}

// A label that has been changed since the data set was read has not been learned as it is now.
const recordRoles = {
  name: 'record-label-roles',
  text: `
    update training t set role = change.role, job_id = $1
    from json_to_recordset($2) as change (batch_id uuid, position bigint, class smallint, role text)
    where t.batch_id = change.batch_id and t.position = change.position and t.class = change.class`,
};

function drawSamples(dataSet: DataSet): Statement {
  const text = `
    select ${placedColumns(dataSet, 'training')}, class
    from training where batch_id is null order by random() limit $1`;
  return { name: 'draw-samples', text };
}
