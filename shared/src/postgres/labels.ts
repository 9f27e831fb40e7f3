import type { TrainingSet } from '../classifier/training-set.ts';
import type { ReviewerAnswer } from '../contract/model-answers.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { unlikeFrom } from '../data-set/unlike.ts';
import { classNames, encodedFeatures } from './features.ts';
import { readOwnRows } from './own-rows.ts';
import { countChanges, settleSuspicion } from './settle-labels.ts';
import type { Sql, Statement } from './sql.ts';
import { toRows } from './training-data.ts';

/** A label that a person gave, by the prediction that it is about. */
export interface LabelKey {
  readonly batch_id: string;
  readonly position: number;
}

/** People's labels, and the items that they are about, in the same order. */
export interface PeoplesLabels {
  readonly keys: readonly (LabelKey & PersonsWord)[];
  readonly rows: TrainingSet;
}

interface PersonsWord {
  readonly class: number;
  readonly reviewer: string | null;
  /** How probable the label is by rows that no person labelled; null where those say nothing. */
  readonly plausibility: number | null;
}

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

/** How learning stands. */
export interface LearningState {
  readonly setAside: number;
  readonly refusalsInARow: number;
}

/** Which of people's labels are believed. */
export class Labels {
  readonly #sql: Sql;
  readonly #dataSet: DataSet;
  readonly #unchecked: Statement;
  readonly #used: Statement;
  readonly #settle: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#unchecked = peoplesLabels(
      dataSet,
      'unchecked',
      // Spelled out for the index: those of which the last check was another one.
      '(checked_by is null or checked_by < $1 or checked_by > $1)',
    );
    this.#used = peoplesLabels(dataSet, 'used', '$1::text is null and set_aside is null and kept_by is null');
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
    return this.#read(this.#unchecked, [checkedBy, limit]);
  }

  /** The newest labels that are learned from, but for those that an operator wants learned. */
  used(limit: number): Promise<PeoplesLabels> {
    return this.#read(this.#used, [null, limit]);
  }

  async #read(statement: Statement, values: readonly unknown[]): Promise<PeoplesLabels> {
    const { keys, features, classes } = await this.#sql.row<Encoded & Pick<PeoplesLabels, 'keys'>>(
      statement,
      values,
    );
    return { keys, rows: toRows(this.#dataSet, features, classes) };
  }

  async recordChecks(checkedBy: string, checks: readonly LabelCheck[]): Promise<void> {
    if (checks.length > 0) await this.#sql.rows(recordChecks, [checkedBy, JSON.stringify(checks)]);
  }

  /** Sets aside the labels that are too suspicious by what is known now, and lets go of the others. */
  async settle({
    mostSuspicion,
    tolerated,
    reviewFar,
    verifiedOnly,
  }: SuspicionRules): Promise<CheckedLabels> {
    await this.#sql.rows(countChanges, []);
    return this.#sql.row<CheckedLabels>(this.#settle, [mostSuspicion, reviewFar, tolerated, verifiedOnly]);
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

  /** How far each reviewer is to be believed, the one with the most labels first. */
  reviewers(limit: number): Promise<ReviewerAnswer[]> {
    return this.#sql.rows<ReviewerAnswer>(reviewers, [limit]);
  }

  state(): Promise<LearningState> {
    return this.#sql.row<LearningState>(learningState, []);
  }
}

export interface LabelDecision {
  readonly learn: boolean;
  readonly by: string;
  readonly why: string;
  /** From where it came, for the audit log. */
  readonly address?: string;
}

interface Encoded {
  readonly features: Buffer;
  readonly classes: Buffer;
}

/** The other one who said the same of an item, once a second reviewer says it: one who gives no name is no second. */
export function secondWord(row: string, reviewer: string): string {
  return `case when ${reviewer}::text is not null and ${row}.reviewer is distinct from ${reviewer}
            then coalesce(${row}.reviewer, 'somebody without a name') else ${row}.seconded_by end`;
}

function peoplesLabels(dataSet: DataSet, name: string, condition: string): Statement {
  const text = `
    select coalesce(json_agg(json_build_object('batch_id', batch_id, 'position', position, 'class', class,
        'reviewer', reviewer, 'plausibility', plausibility) order by created desc, batch_id, position), '[]') as keys,
      coalesce(string_agg(features, '' order by created desc, batch_id, position), '') as features,
      coalesce(string_agg(set_byte('\\x00', 0, class), '' order by created desc, batch_id, position), '') as classes
    from (
      select batch_id, position, class, reviewer, created, ${encodedFeatures(dataSet)} as features,
        plausibility
      from training where batch_id is not null and ${condition}
      order by created desc, batch_id, position limit $2
    ) as label`;
  return { name: `labels-${name}`, text };
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

/** Where known rows are near enough to be sure of what they say. */
const known = `unlike < ${unlikeFrom}`;

/**
 * How often a reviewer errs: the labels that known rows find improbable, less as many as a model that is only as sure
 * as it says would find improbable among right ones. Before anything is known of a reviewer, one label in ten is taken to be wrong.
 */
const errorShare = `greatest(0.5, 1 + count(*) filter (where ${known} and plausibility < 0.5 and seconded_by is null and kept_by is null)
        - coalesce(sum(least(plausibility, 1 - plausibility)) filter (where ${known} and seconded_by is null and kept_by is null), 0))
        / (10.0 + count(plausibility) filter (where ${known}))`;

// Another reviewer's word from before is what has just turned out to hold learning back: only a new one settles it.
const setAside = {
  name: 'set-labels-aside',
  text: `
    update training t set set_aside = $2, set_aside_by = 'refusal', seconded_by = null
    from json_to_recordset($1) as found (batch_id uuid, position bigint, class smallint)
    where t.batch_id = found.batch_id and t.position = found.position and t.class = found.class
    returning 1`,
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

const reviewers = {
  name: 'reviewers',
  text: `
    with said as (
      select t.*, (
        select bool_and(other.class = t.class) from training other
        where other.note_hash = t.note_hash and other.batch_id is not null
          and other.reviewer is distinct from t.reviewer
      ) as agrees
      from training t where batch_id is not null
    )
    select reviewer, count(*)::int as labels,
      count(*) filter (where ${known})::int as checked,
      count(*) filter (where ${known} and plausibility >= 0.5)::int as plausible,
      (count(agrees) + count(*) filter (where agrees is null and seconded_by is not null))::int as shared,
      (count(*) filter (where agrees) + count(*) filter (where agrees is null and seconded_by is not null))::int as agreeing,
      count(set_aside)::int as set_aside,
      (1 - ${errorShare})::float8 as reliability
    from said group by reviewer order by count(*) desc, reviewer limit $1`,
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
