import type { DataSet } from '../data-set/declaration.ts';
import { unlikeFrom } from '../data-set/unlike.ts';
import { classNameOf } from './features.ts';
import type { Statement } from './sql.ts';
import { personOf } from './tables/training.ts';

// Which of people's labels look wrong. What is known of each reviewer is counted on as labels come and go, and only labels
// that may look wrong are looked at, by index: neither takes longer because there are many labels.

/** Adds what has changed since the last time to what is known of each reviewer. */
export const countChanges = {
  name: 'count-label-changes',
  text: `
    with taken as (delete from label_changes returning *)
    insert into reviewer_counts as known
    select reviewer, sum(checked), sum(improbable), sum(doubt) from taken group by reviewer
    on conflict (reviewer) do update
      set checked = known.checked + excluded.checked,
        improbable = known.improbable + excluded.improbable,
        doubt = known.doubt + excluded.doubt`,
};

/** Known rows are taken to be right about a label so far at most; less so where they are not near enough to be sure. */
const leastDoubt = { known: 0.0005, far: 0.1 };

/**
 * Whoever uses another's name must not be able to make that one look bad: no more than this is held against an unchecked
 * name, and at the rim of what is known so little that none of its labels is doubted for it.
 */
const mostErrorOfUnchecked = { known: 0.5, far: 0.2 };

/** So many labels that look wrong are learned from because a second name vouches for them that nobody has checked. */
const mostVouchedFor = 10;

// Who says the same of the same item, each person once, however often, and in whatever order it has arrived; programs that
// know nothing of words write rows alone. Two names are needed; one without a name is only ever the first. Those that had been
// given when the label turned out to hold learning back do not settle that: another one must join them.
const agreement = `
      select array_agg(reviewer order by said_at desc, reviewer) as reviewers,
        array_agg(person order by said_at desc, reviewer) as people,
        bool_or(reviewer <> '' and not spent) and (
          count(*) filter (where reviewer <> '') > 1
          or max(said_at) filter (where reviewer <> '') > min(said_at) filter (where reviewer = '')
        ) as by_names,
        bool_or(reviewer <> '' and verified and not spent)
          and count(*) filter (where reviewer <> '' and verified) > 1 as by_checked_names
      from (
        select ${personOf('reviewer')} as person, max(reviewer) as reviewer, bool_or(verified) as verified,
          bool_or(spent) as spent, max(said_at) as said_at
        from (
          select w.reviewer, w.verified, w.said_at, w.spent
          from training same join words w on w.batch_id = same.batch_id and w.position = same.position
          where same.note_hash = t.note_hash and same.batch_id is not null and w.class = t.class
          union all
          select coalesce(same.reviewer, ''), same.verified, same.created, false from training same
          where same.note_hash = t.note_hash and same.batch_id is not null and same.class = t.class
        ) as said
        group by 1
      ) as voices`;

// Bayes' rule for each label: known rows say how probable it is, and the reviewer's other labels how often that reviewer
// errs. At the rim of what is known a label speaks against the model as much as the model against the label: there only
// a reviewer who is known to err is doubted. A model is never taken to be surer than its own rows can prove.
// How often a reviewer errs: the labels that known rows find improbable, less as many as a model that is only as sure
// as it says would find improbable among right ones. Before anything is known of a reviewer, one label in ten is taken to be wrong.
// A second reviewer's word, on the same prediction or on another one of the same item, settles it; where nobody checks
// names, which anybody can invent, only while it does so for a few. Far from everything known only a checked one does.
// To be suspicious, a label must be less plausible than a bound that follows from how often its reviewer errs.
export function settleSuspicion(dataSet: DataSet): Statement {
  const text = `
    with reviewer as (
      select reviewer, error, error * (1.001 - $1::float8) / (error * (1.001 - $1) + (1 - error) * ($1 - 0.001)) as bound
      from (
        select reviewer, (greatest(0.5, 1 + improbable - doubt) / (10.0 + checked))::float8 as error from reviewer_counts
      ) as counted
    ), asked as (
      select batch_id, position from training where batch_id is not null and (doubt is not null or set_aside is not null)
      union
      select batch_id, position from training where batch_id is not null and oddity is not null
      union
      select batch_id, position from training where batch_id is not null and unlike >= ${unlikeFrom}
      union
      select t.batch_id, t.position from reviewer, training t
      where t.batch_id is not null and t.plausibility is not null and coalesce(t.reviewer, '') = reviewer.reviewer
        and t.plausibility < case when reviewer.bound > 1 - ${leastDoubt.far} then 2 else greatest(reviewer.bound, 0.5) end
    ), judged as (
      select t.batch_id, t.position, t.suspicion as suspicion_before, t.set_aside_by as set_aside_before, t.doubt as doubt_before,
        t.seconded_by as seconded_before, t.class, t.plausibility, t.oddity, t.outvoted,
        t.unlike >= ${unlikeFrom} and not t.near_settled as is_far, t.kept_by is not null as is_kept,
        coalesce(by_checked_names, false) as is_checked, coalesce(by_names and not $4, false) as is_named,
        case when case when $4 then by_checked_names else by_names end then coalesce(nullif(
          case when people[1] = ${personOf("coalesce(t.reviewer, '')")} then reviewers[2] else reviewers[1] end, ''
        ), 'somebody without a name') end as seconded_by,
        round((within.error * (1 - held.p) / (within.error * (1 - held.p) + (1 - within.error) * held.p))::numeric, 3)::float8
          as suspicion
      from asked join training t using (batch_id, position)
        left join reviewer on reviewer.reviewer = coalesce(t.reviewer, ''),
        lateral (${agreement}) as agreement,
        lateral (
          select case when is_known then ${leastDoubt.known} else ${leastDoubt.far} end as share, case
              when t.verified then reviewer.error
              else least(reviewer.error, case when is_known then ${mostErrorOfUnchecked.known} else ${mostErrorOfUnchecked.far} end)
            end as error
          from (select t.unlike < ${unlikeFrom} as is_known) as place
        ) as within,
        lateral (select least(greatest(t.plausibility, within.share), 1 - within.share) as p) as held
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
      end as set_aside_now, case
        when is_doubted then format(
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
