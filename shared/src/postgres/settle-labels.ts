import type { DataSet } from '../data-set/declaration.ts';
import { unlikeFrom } from '../data-set/unlike.ts';
import { classNameOf } from './features.ts';
import type { Statement } from './sql.ts';

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

// Bayes' rule for each label: known rows say how probable it is, and the reviewer's other labels how often that reviewer
// errs. At the rim of what is known a label speaks against the model as much as the model against the label: there only
// a reviewer who is known to err is doubted. A model is never taken to be surer than its own rows can prove.
// How often a reviewer errs: the labels that known rows find improbable, less as many as a model that is only as sure
// as it says would find improbable among right ones. Before anything is known of a reviewer, one label in ten is taken to be wrong.
// A second reviewer's word, on the same prediction or on another one of the same item, settles it.
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
        and t.plausibility < case
          when reviewer.bound <= ${leastDoubt.known} then 0
          when reviewer.bound > 1 - ${leastDoubt.far} then 2
          else reviewer.bound
        end
    ), judged as (
      select t.batch_id, t.position, t.suspicion as suspicion_before, t.set_aside_by as set_aside_before, t.doubt as doubt_before,
        t.class, t.plausibility, t.unlike, t.oddity,
        (t.seconded_by is not null and (t.verified or not $4)) or (
          select count(distinct other.reviewer) > 1 from training other
          where other.note_hash = t.note_hash and other.class = t.class and other.batch_id is not null
            and other.reviewer is not null and (other.verified or not $4)
        ) as is_seconded,
        t.kept_by is not null as is_kept,
        round((
          reviewer.error * (1 - held.p) / (reviewer.error * (1 - held.p) + (1 - reviewer.error) * held.p)
        )::numeric, 3)::float8 as suspicion
      from asked join training t using (batch_id, position)
        left join reviewer on reviewer.reviewer = coalesce(t.reviewer, ''),
        lateral (
          select case when t.unlike < ${unlikeFrom} then ${leastDoubt.known} else ${leastDoubt.far} end as share
        ) as within,
        lateral (select least(greatest(t.plausibility, within.share), 1 - within.share) as p) as held
    ), doubted as (
      select *, coalesce(suspicion > $1 and not is_kept and not is_seconded and oddity is null
          and set_aside_before is distinct from 'operator', false) as is_doubted
      from judged
    ), found as (
      select *, case
        when set_aside_before = 'operator' then 'operator'
        when is_kept or is_seconded then null
        when oddity is not null then 'oddity'
        when is_doubted and count(*) filter (where is_doubted) over () > $3 then 'suspicion'
        when $2 and unlike >= ${unlikeFrom} then 'distance'
        when set_aside_before = 'refusal' then 'refusal'
      end as set_aside_now, case when is_doubted then format(
        'It looks wrong: it says %s, and rows that no person labelled make that %s %% probable. A second reviewer can settle it.',
        ${classNameOf(dataSet, 'class')}, round((100 * plausibility)::numeric, 1))
      end as doubt_now
      from doubted
    ), changed as (
      update training t
      set suspicion = found.suspicion, doubt = doubt_now, set_aside_by = set_aside_now, set_aside = case
        when set_aside_now is null then null
        when set_aside_now in ('operator', 'refusal') then t.set_aside
        when set_aside_now = 'oddity' then found.oddity
        when set_aside_now = 'suspicion' then doubt_now
        else 'No trusted row is like this one, so nothing speaks for or against its label: a second reviewer or an operator has to agree.'
      end
      from found
      where t.batch_id = found.batch_id and t.position = found.position
        and (found.suspicion, set_aside_now, doubt_now) is distinct from (suspicion_before, set_aside_before, doubt_before)
      returning set_aside_now, set_aside_before
    )
    select count(*) filter (where set_aside_now is not null and set_aside_before is null)::int as "setAside",
      count(*) filter (where set_aside_now is null and set_aside_before is not null)::int as released,
      (select count(*) from found where unlike >= ${unlikeFrom} and set_aside_now is null)::int as far
    from changed`;
  return { name: 'settle-suspicion', text };
}
