import type { TrainingSet } from '../classifier/training-set.ts';
import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { type LabelKey, labelStatements, type PeoplesLabels, readPeoplesLabels } from './label-queries.ts';
import { readOwnRows } from './own-rows.ts';
import { countChanges, settleSuspicion } from './settle-labels.ts';
import type { Sql, Statement } from './sql.ts';

/** What a check found out about one label. */
export interface LabelCheck extends LabelKey {
  readonly class: number;
  /** Null where there is nothing to hold it against. */
  readonly plausibility: number | null;
  readonly unlike: number | null;
  readonly oddity: string | null;
}

export interface SuspicionRules {
  /** Labels more probably wrong than this look wrong. */
  readonly mostSuspicion: number;
  /** So many that look wrong are learned from all the same; where there are more, none is until somebody settles it. */
  readonly tolerated: number;
  /** Whether labels of items that no trusted row is like wait for a second reviewer. */
  readonly reviewFar: boolean;
  /** Whether only a reviewer whose name was checked is a second one. */
  readonly verifiedOnly: boolean;
}

export interface CheckedLabels {
  readonly setAside: number;
  readonly released: number;
  /** Labels of items that no trusted row is like, and that are learned from all the same. */
  readonly far: number;
}

/** Which of people's labels are believed. */
export class Labels {
  readonly #sql: Sql;
  readonly #dataSet: DataSet;
  readonly #statements: ReturnType<typeof labelStatements>;
  readonly #settle: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#statements = labelStatements(dataSet);
    this.#settle = settleSuspicion(dataSet);
  }

  /** The rows of the data set's own file, so many at most: always the same ones. */
  async trusted(limit: number): Promise<TrainingSet> {
    const dataSet = this.#dataSet;
    const { count, features, classes } = await this.#sql.inOneMoment(read =>
      readOwnRows(read, dataSet, limit),
    );
    return { count, features, classes, columns: dataSet.features.length, classNames: classNames(dataSet) };
  }

  /** Whether anybody has labelled anything. */
  async any(): Promise<boolean> {
    return (await this.#sql.rows(anyLabel, [])).length > 0;
  }

  /** Labels that have not been held against these trusted rows yet. */
  unchecked(checkedBy: string, limit: number): Promise<PeoplesLabels> {
    return this.#read('unchecked', [checkedBy, limit]);
  }

  /** The newest labels that are learned from, but for those that an operator wants learned. */
  used(limit: number): Promise<PeoplesLabels> {
    return this.#read('used', [null, limit]);
  }

  /** The newest labels that judge models. */
  judging(limit: number): Promise<PeoplesLabels> {
    return this.#read('judging', [null, limit]);
  }

  /** Labels far from all known rows: those that somebody has settled, and those that wait for it. */
  async far(limit: number): Promise<{ readonly settled: PeoplesLabels; readonly waiting: PeoplesLabels }> {
    const waiting = await this.#read('waitingFar', [null, limit]);
    const settled = await this.#read('settledFar', [null, limit]);
    return { settled, waiting };
  }

  /** These need not wait any longer: something settled is near them. */
  async noteNearSettled(keys: readonly LabelKey[]): Promise<void> {
    if (keys.length > 0) await this.#sql.rows(noteNearSettled, [JSON.stringify(keys)]);
  }

  /** Of labels that judge: a model was promoted against these, and says the same as those now. */
  async noteOutvoted(lost: readonly LabelKey[], won: readonly LabelKey[], reason: string): Promise<void> {
    if (lost.length + won.length === 0) return;
    await this.#sql.rows(noteOutvoted, [JSON.stringify(lost), JSON.stringify(won), reason]);
  }

  async recordChecks(checkedBy: string, checks: readonly LabelCheck[]): Promise<void> {
    if (checks.length > 0) await this.#sql.rows(recordChecks, [checkedBy, JSON.stringify(checks)]);
  }

  /**
   * Sets aside the labels that are too suspicious by what is known now, and lets go of the others. What this says of labels
   * counts for their reviewers from the next time on.
   */
  async settle({
    mostSuspicion,
    tolerated,
    reviewFar,
    verifiedOnly,
  }: SuspicionRules): Promise<CheckedLabels> {
    await this.#sql.rows(countChanges, []);
    const rules = [mostSuspicion, reviewFar, tolerated, verifiedOnly];
    const settled = await this.#sql.row<CheckedLabels>(this.#settle, rules);
    await this.#sql.rows(countChanges, []);
    return settled;
  }

  #read(which: keyof ReturnType<typeof labelStatements>, values: readonly unknown[]): Promise<PeoplesLabels> {
    return readPeoplesLabels(this.#sql, this.#dataSet, this.#statements[which], values);
  }

  /** Nothing is learned from these until somebody settles them. Answers how many of them still say what they said. */
  async setAside(keys: readonly (LabelKey & { readonly class: number })[], reason: string): Promise<number> {
    return (await this.#sql.rows(setAside, [JSON.stringify(keys), reason])).length;
  }

  /** What an operator says of a label: it is learned from, or it is not, whatever else is known. Answers whether there is one. */
  async decide(
    batchId: string,
    subject: string,
    { learn, by, why, address }: LabelDecision,
  ): Promise<boolean> {
    const values = [batchId, subject, learn, by, why, address ?? null];
    return (await this.#sql.rows(decide, values)).length > 0;
  }
}

export interface LabelDecision {
  readonly learn: boolean;
  readonly by: string;
  readonly why: string;
  /** From where it came, for the audit log. */
  readonly address?: string;
}

const anyLabel = { name: 'any-label', text: 'select from training where batch_id is not null limit 1' };

const recordChecks = {
  name: 'record-label-checks',
  text: `
    update training t
    set checked_by = $1, plausibility = found.plausibility, unlike = found.unlike, oddity = found.oddity
    from json_to_recordset($2)
      as found (batch_id uuid, position bigint, class smallint, plausibility float8, unlike float8, oddity text)
    where t.batch_id = found.batch_id and t.position = found.position and t.class = found.class`,
};

// Whoever has vouched for it until now has vouched for what holds learning back: only another one settles it.
const setAside = {
  name: 'set-labels-aside',
  text: `
    with aside as (
      update training t set set_aside = $2, set_aside_by = 'refusal'
      from json_to_recordset($1) as found (batch_id uuid, position bigint, class smallint)
      where t.batch_id = found.batch_id and t.position = found.position and t.class = found.class
      returning t.note_hash, t.class
    ), spent as (
      update words w set spent = true
      from training t, aside
      where t.note_hash = aside.note_hash and t.batch_id = w.batch_id and t.position = w.position and w.class = aside.class
    )
    select from aside`,
};

const noteNearSettled = {
  name: 'note-near-settled',
  text: `
    update training t set near_settled = true
    from json_to_recordset($1) as found (batch_id uuid, position bigint)
    where t.batch_id = found.batch_id and t.position = found.position`,
};

const noteOutvoted = {
  name: 'note-outvoted',
  text: `
    update training t
    set outvoted = found.reason,
      doubt = coalesce(found.reason, case when t.doubt is distinct from t.outvoted then t.doubt end)
    from (
      select batch_id, position, $3::text as reason from json_to_recordset($1) as lost (batch_id uuid, position bigint)
      union all
      select batch_id, position, null from json_to_recordset($2) as won (batch_id uuid, position bigint)
    ) as found
    where t.batch_id = found.batch_id and t.position = found.position and t.outvoted is distinct from found.reason`,
};

const decide = {
  name: 'decide-on-label',
  text: `
    with label as (
      select t.batch_id, t.position,
        jsonb_build_object('kept_by', kept_by, 'set_aside_by', set_aside_by, 'set_aside', set_aside) as before
      from training t join predictions p on t.batch_id = p.batch_id and t.position = p.position
      where p.batch_id = $1 and p.subject_id = $2
      for update of t
    ), decided as (
      update training t
      set kept_by = case when $3 then $4 end,
        set_aside_by = case when not $3 then 'operator' end,
        set_aside = case when not $3 then format('Set aside by %s: %s', $4, $5::text) end
      from label
      where t.batch_id = label.batch_id and t.position = label.position
      returning before, jsonb_build_object('kept_by', t.kept_by, 'set_aside_by', t.set_aside_by, 'set_aside', t.set_aside, 'why', $5::text) as after
    )
    insert into audit (who, address, action, target, before, after)
    select $4, $6, 'label-decision', format('batch %s, %s', $1::uuid, $2::text), before, after from decided
    returning 1`,
};
