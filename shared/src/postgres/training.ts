import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Row, Value } from '../data-set/row.ts';
import { texts } from './arrays.ts';
import { columnList, learnedClass, placedColumns, withRow } from './features.ts';
import { readLabels } from './given-labels.ts';
import { fitsLayout } from './layout.ts';
import { readOwnRows } from './own-rows.ts';
import type { Sql, Statement } from './sql.ts';
import { defaultMostRows, type RoleChange, type SelectionRules, type TrainingData } from './training-data.ts';
import { selectRows } from './training-selection.ts';

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
  readonly #draw: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#sync = syncRows(dataSet);
    this.#draw = drawSamples(dataSet);
  }

  /** Makes the rows of these notes say what people say of them now. */
  sync(batchId: string, subjects: readonly string[]): Promise<SyncedRows> {
    return this.#sql.row<SyncedRows>(this.#sync, [batchId, texts(subjects)]);
  }

  /** The rows that a training takes now, and those that judge it. */
  async dataSet(rules: SelectionRules): Promise<TrainingData> {
    const dataSet = this.#dataSet;
    const [own, labels] = await this.#sql.inOneMoment(async read => {
      const { ofDataSet, ofPeople } = quotasOf(dataSet, rules);
      return [
        await readOwnRows(read, dataSet, ofDataSet),
        await readLabels(read, dataSet, ofPeople),
      ] as const;
    });
    return selectRows(dataSet, own, labels, rules);
  }

  /** Writes down what a training made of people's labels. */
  async recordRoles(jobId: string, changes: readonly RoleChange[]): Promise<void> {
    for (let at = 0; at < changes.length; at += changesOfStatement) {
      const some = changes.slice(at, at + changesOfStatement);
      await this.#sql.rows(recordRoles, [jobId, JSON.stringify(some)]);
    }
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

const changesOfStatement = 5_000;

/** More values than these take more than a process has memory for, or a person patience. */
const mostValues = 10_000_000;

/** A quarter is people's, so that neither side's rows ever push out the other's. */
function quotasOf({ features }: DataSet, { mostRows = defaultMostRows }: SelectionRules) {
  const rows = Math.min(mostRows, Math.floor(mostValues / features.length));
  const ofPeople = Math.ceil(rows / 4);
  return { ofDataSet: rows - ofPeople, ofPeople };
}

// The rows are not computed from the message but from what the table of predictions says now, under a lock on those
// predictions: so it does not matter which of several messages about a note comes last.
function syncRows(dataSet: DataSet): Statement {
  const columns = columnList(dataSet);
  const learned = { label: 'true_label', prediction: 'prediction', isCorrect: 'is_correct' };
  const text = `
    with rated_notes as (
      select batch_id, position, ${columns}, ${learnedClass(dataSet, learned)} as class, rated_at, reviewer, verified
      from predictions
      where batch_id = $1 and subject_id = any ($2::text[]) and ${fitsLayout(dataSet)}
      order by position
      for update
    ), removed as (
      delete from training t using rated_notes
      where t.batch_id = rated_notes.batch_id and t.position = rated_notes.position and rated_notes.class is null
      returning 1
    ), written as (
      insert into training as stored (batch_id, position, ${columns}, class, reviewer, verified, created)
      select batch_id, position, ${columns}, class, reviewer, verified, rated_at
      from rated_notes
      where class is not null
      on conflict (batch_id, position) do update
        set class = excluded.class, reviewer = excluded.reviewer, verified = excluded.verified, created = excluded.created,
          -- What became of another label says nothing of this one.
          role = case when stored.class = excluded.class then stored.role end,
          job_id = case when stored.class = excluded.class then stored.job_id end,
          ${keptWhileSame(checkedColumns)},
          near_settled = stored.near_settled and stored.class = excluded.class
        where (stored.class, stored.reviewer, stored.verified, stored.created)
          is distinct from (excluded.class, excluded.reviewer, excluded.verified, excluded.created)
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
  'seconded_by',
  'kept_by',
  'set_aside',
  'set_aside_by',
  'doubt',
  'outvoted',
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
    from training where batch_id is null and ${fitsLayout(dataSet)} order by random() limit $1`;
  return { name: 'draw-samples', text };
}
