import type { TrainingSet } from '../classifier/training-set.ts';
import type { ReviewerAnswer } from '../contract/model-answers.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { unlikeFrom } from '../data-set/unlike.ts';
import { classNameOf, classNames, encodedFeatures } from './features.ts';
import { readOwnRows } from './own-rows.ts';
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
  /** How probable the label is by rows that no person labelled; null where those say nothing, as far from all of them. */
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
  readonly #judging: Statement;
  readonly #settledFar: Statement;
  readonly #waitingFar: Statement;
  readonly #settle: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#unchecked = peoplesLabels(dataSet, 'unchecked', 'checked_by is distinct from $1');
    this.#used = peoplesLabels(dataSet, 'used', '$1::text is null and set_aside is null and kept_by is null');
    this.#judging = peoplesLabels(
      dataSet,
      'judging',
      "$1::text is null and role = 'judges' and set_aside is null",
    );
    this.#settledFar = peoplesLabels(
      dataSet,
      'settled-far',
      `$1::text is null and ${isFar} and set_aside is null and coalesce(seconded_by, kept_by) is not null`,
    );
    this.#waitingFar = peoplesLabels(
      dataSet,
      'waiting-far',
      `$1::text is null and set_aside_by = 'distance'`,
    );
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

  /** The newest labels that judge models. */
  judging(limit: number): Promise<PeoplesLabels> {
    return this.#read(this.#judging, [null, limit]);
  }

  /** Labels far from all known rows: those that somebody has settled, and those that wait for it. */
  async far(limit: number): Promise<{ readonly settled: PeoplesLabels; readonly waiting: PeoplesLabels }> {
    const waiting = await this.#read(this.#waitingFar, [null, limit]);
    const settled = await this.#read(this.#settledFar, [null, limit]);
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

  /** Says anew of all labels how suspicious they are, sets aside those that are too much so, and lets go of the others. */
  settle({ mostSuspicion, tolerated, reviewFar, verifiedOnly }: SuspicionRules): Promise<CheckedLabels> {
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

function peoplesLabels(dataSet: DataSet, name: string, condition: string): Statement {
  const text = `
    select coalesce(json_agg(json_build_object('batch_id', batch_id, 'position', position, 'class', class,
        'reviewer', reviewer, 'plausibility', case when ${known} then plausibility end) order by created desc, batch_id, position), '[]') as keys,
      coalesce(string_agg(features, '' order by created desc, batch_id, position), '') as features,
      coalesce(string_agg(set_byte('\\x00', 0, class), '' order by created desc, batch_id, position), '') as classes
    from (
      select batch_id, position, class, reviewer, created, ${encodedFeatures(dataSet)} as features,
        plausibility, unlike
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
const isFar = `unlike >= ${unlikeFrom}`;

/**
 * How often a reviewer errs: the labels that known rows find improbable, less as many as a model that is only as sure
 * as it says would find improbable among right ones. Before anything is known of a reviewer, one label in ten is taken to be wrong.
 */
const errorShare = `greatest(0.5, 1 + count(*) filter (where ${known} and plausibility < 0.5 and seconded_by is null and kept_by is null)
        - coalesce(sum(least(plausibility, 1 - plausibility)) filter (where ${known} and seconded_by is null and kept_by is null), 0))
        / (10.0 + count(plausibility) filter (where ${known}))`;

/**
 * Whoever uses another's name must not be able to make that one look bad: no more than this is held against an unchecked
 * name, and at the rim of what is known so little that none of its labels is doubted for it.
 */
const mostErrorOfUnchecked = `case when ${known} then 0.5 else 0.2 end`;

/** So many labels that look wrong are learned from because a second name vouches for them that nobody has checked. */
const mostVouchedFor = 10;

// Who says what of which item, each name once, however often, and in whatever order it has arrived. Programs that know
// nothing of words write rows alone.
const voices = `
    voices as (
      select note_hash, class, reviewer, bool_or(verified) as verified, bool_or(spent) as spent, max(said_at) as said_at
      from (
        select t.note_hash, w.class, w.reviewer, w.verified, w.said_at, w.spent
        from words w join training t using (batch_id, position) where w.class is not null
        union all
        select note_hash, class, coalesce(reviewer, ''), verified, created, false from training where batch_id is not null
      ) as said
      group by note_hash, class, reviewer
    )`;

// Two names are needed; one without a name is only ever the first. Those that had been given when the label turned
// out to hold learning back do not settle that: another one must join them.
const agreement = `
    agreement as (
      select note_hash, class, array_agg(reviewer order by said_at desc, reviewer) as reviewers,
        bool_or(reviewer <> '' and not spent) and (
          count(*) filter (where reviewer <> '') > 1
          or max(said_at) filter (where reviewer <> '') > min(said_at) filter (where reviewer = '')
        ) as by_names,
        bool_or(reviewer <> '' and verified and not spent)
          and count(*) filter (where reviewer <> '' and verified) > 1 as by_checked_names
      from voices group by note_hash, class having count(*) > 1
    )`;

// Bayes' rule for each label: known rows say how probable it is, and the reviewer's other labels how often that reviewer
// errs. At the rim of what is known a label speaks against the model as much as the model against the label: there only
// a reviewer who is known to err is doubted. A model is never taken to be surer than its own rows can prove.
// A second reviewer's word, on the same prediction or on another one of the same item, settles it; where nobody checks
// names, which anybody can invent, only while it does so for a few. Far from everything known only a checked one does.
function settleSuspicion(dataSet: DataSet): Statement {
  const text = `
    with ${voices}, ${agreement}, labelled as (
      select t.batch_id, t.position, t.reviewer, t.verified, t.class, t.plausibility, t.unlike, t.oddity, t.kept_by,
        t.outvoted, ${isFar} and not t.near_settled as is_far,
        t.suspicion as suspicion_before, t.set_aside_by as set_aside_before, t.doubt as doubt_before,
        t.seconded_by as seconded_before, t.kept_by is not null as is_kept,
        coalesce(by_checked_names, false) as is_checked, coalesce(by_names and not $4, false) as is_named,
        case when case when $4 then by_checked_names else by_names end then coalesce(nullif(
          case when reviewers[1] = coalesce(t.reviewer, '') then reviewers[2] else reviewers[1] end, ''
        ), 'somebody without a name') end as seconded_by
      from training t left join agreement using (note_hash, class)
      where t.batch_id is not null
    ), reliability as (
      select reviewer, verified, ${errorShare} as error_of_all
      from labelled group by reviewer, verified
    ), judged as (
      select l.*, round((error * (1 - p) / (error * (1 - p) + (1 - error) * p))::numeric, 3)::float8 as suspicion
      from labelled l
        join reliability r on r.reviewer is not distinct from l.reviewer and r.verified = l.verified,
        lateral (
          select case when ${known} then 0.0005 else 0.1 end as least,
            case when l.verified then error_of_all else least(error_of_all, ${mostErrorOfUnchecked}) end as error
        ) as bound,
        lateral (select least(greatest(l.plausibility, least), 1 - least) as p) as bounded
    ), vouched as (
      select *, is_named and not is_checked and not is_kept and (coalesce(suspicion > $1, false) or oddity is not null) as is_vouched
      from judged
    ), settled as (
      select *, is_kept or is_checked or is_named
          and not (is_vouched and count(*) filter (where is_vouched) over () > ${mostVouchedFor}) as is_settled
      from vouched
    ), doubted as (
      select *, coalesce(suspicion > $1 and not is_settled and oddity is null
          and set_aside_before is distinct from 'operator', false) as is_doubted
      from settled
    ), found as (
      select *, case
        when set_aside_before = 'operator' then 'operator'
        when is_kept or is_checked then null
        when oddity is not null and not is_settled then 'oddity'
        when is_doubted and count(*) filter (where is_doubted) over () > $3 then 'suspicion'
        when $2 and is_far then 'distance'
        when is_settled then null
        when set_aside_before = 'refusal' then 'refusal'
      end as set_aside_now, case when is_doubted then format(
        'It looks wrong: it says %s, and rows that no person labelled make that %s %% probable. %s can settle it.',
        ${classNameOf(dataSet, 'class')}, round((100 * plausibility)::numeric, 1),
        case when is_vouched then 'Unchecked names vouch for many that do: an operator' else 'A second reviewer' end)
        when not is_settled then outvoted
      end as doubt_now
      from doubted
    ), changed as (
      update training t
      set suspicion = found.suspicion, doubt = doubt_now, seconded_by = found.seconded_by, set_aside_by = set_aside_now, set_aside = case
        when set_aside_now is null then null
        when set_aside_now in ('operator', 'refusal') then t.set_aside
        when set_aside_now = 'oddity' then found.oddity
        when set_aside_now = 'suspicion' then doubt_now
        else 'No trusted row is like this one, so nothing speaks for or against its label: a second reviewer whose name was checked, or an operator, has to agree.'
      end
      from found
      where t.batch_id = found.batch_id and t.position = found.position
        and (found.suspicion, set_aside_now, doubt_now, found.seconded_by)
          is distinct from (suspicion_before, set_aside_before, doubt_before, seconded_before)
      returning set_aside_now, set_aside_before
    )
    select count(*) filter (where set_aside_now is not null and set_aside_before is null)::int as "setAside",
      count(*) filter (where set_aside_now is null and set_aside_before is not null)::int as released,
      (select count(*) from found where is_far and set_aside_now is null)::int as far
    from changed`;
  return { name: 'settle-suspicion', text };
}

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
