import type { DataSet } from '../data-set/declaration.ts';
import { encodedFeatures, hasTwoClasses } from './features.ts';
import type { Statement } from './sql.ts';
import { noOwnClass } from './training-data.ts';

// All rows of a data set by one statement, and so from one moment:
//   people  each person's latest word on each note; those who give no name count as one person
//   caps    how many labels of one reviewer and of one batch count, for the training side and the hold-out side
//   valid   of the labels within the caps, the latest of each note
//   notes   every different note once. A person's label counts before the bank's, but not in the hold-out: there the
//           bank's own notes keep the bank's label, so that nobody can change what models are judged by
//   chosen  which notes are used. Where the data set asks for it, a class that has more training notes than the smallest
//           gives up its surplus, people's notes last
//   roles   what became of each label of a person's
// A label that a cap leaves out is left out before the labels of a note compete, so that it hides no other one.
export function readTrainingData(dataSet: DataSet): Statement {
  const features = encodedFeatures(dataSet);
  const text = `
    with bank as materialized (
      select distinct on (note_hash) note_hash, is_holdout(note_hash) as is_holdout, class,
        ${features} as features
      from training
      where batch_id is null
      order by note_hash, class desc
    ), people as materialized (
      select distinct on (note_hash, reviewer) note_hash, is_holdout(note_hash) as is_holdout, class, reviewer, batch_id,
        position, created,
        ${features} as features
      from training
      where batch_id is not null
      order by note_hash, reviewer, created desc, class desc, batch_id, position
    ), caps as (
      select is_holdout,
        greatest($3, fair_share(
          array(select count(*) from people where people.is_holdout = side.is_holdout group by reviewer), notes, $1
        )) as of_reviewer,
        greatest($3, fair_share(
          array(select count(*) from people where people.is_holdout = side.is_holdout group by batch_id), notes, $2
        )) as of_batch
      from (values (false), (true)) as side (is_holdout),
        lateral (select count(*) as notes from bank where bank.is_holdout = side.is_holdout) as of_bank
    ), ranked as (
      select *,
        row_number() over (partition by is_holdout, reviewer order by note_hash) as nth_of_reviewer,
        row_number() over (partition by is_holdout, batch_id order by note_hash, reviewer) as nth_of_batch
      from people
    ), valid as (
      select distinct on (note_hash) ranked.*
      from ranked join caps using (is_holdout)
      where nth_of_reviewer <= of_reviewer and nth_of_batch <= of_batch
      order by note_hash, created desc, class desc, batch_id, position
    ), labelled as (
      select note_hash, is_holdout(note_hash) as is_holdout, bank.class as bank_class, valid.class as valid_class, valid.reviewer,
        coalesce(bank.features, valid.features) as features
      from bank full join valid using (note_hash)
    ), notes as (
      select note_hash, is_holdout, features, by_person, bank_class, reviewer, case when by_person then valid_class else bank_class end as class
      from labelled,
        lateral (select valid_class is not null and (bank_class is null or not is_holdout) as by_person) as source
    ), surplus as (
      select note_hash
      from (
        select note_hash, row_number() over (partition by class order by by_person desc, note_hash) as nth from notes where not is_holdout
      ) as trained
      where nth > (
        ${leastOfClass(dataSet)}
      )
    ), chosen as materialized (
      select notes.*, surplus.note_hash is null as is_used from notes left join surplus using (note_hash)
    ), roles as (
      select t.batch_id, t.position, t.class, t.role as role_before, case
        when chosen.class = t.class then
          case when not chosen.is_used then 'surplus' when chosen.is_holdout then 'judges' else 'trains' end
        when valid.class = t.class then 'overruled'
        when ranked.nth_of_reviewer > caps.of_reviewer or ranked.nth_of_batch > caps.of_batch then 'capped'
        else 'superseded'
      end as role
      from training t
        left join ranked using (note_hash, batch_id, position)
        left join caps on caps.is_holdout = ranked.is_holdout
        left join valid using (note_hash)
        left join chosen using (note_hash)
      where t.batch_id is not null
    )
    select
      coalesce(string_agg(features, '' order by note_hash) filter (where not is_holdout), '') as "trainingFeatures",
      coalesce(string_agg(set_byte('\\x00', 0, class), '' order by note_hash) filter (where not is_holdout), '') as "trainingClasses",
      count(*) filter (where not is_holdout and by_person)::int as "trainingByPeople",
      coalesce(string_agg(features, '' order by note_hash) filter (where is_holdout), '') as "holdoutFeatures",
      coalesce(string_agg(set_byte('\\x00', 0, class), '' order by note_hash) filter (where is_holdout), '') as "holdoutClasses",
      coalesce(string_agg(set_byte('\\x00', 0, by_person::int), '' order by note_hash) filter (where is_holdout), '') as "holdoutByPeople",
      coalesce(json_agg(case when by_person then coalesce(reviewer, '') end order by note_hash) filter (where is_holdout), '[]') as "holdoutReviewers",
      coalesce(string_agg(set_byte('\\x00', 0, coalesce(bank_class, ${noOwnClass})), '' order by note_hash) filter (where not is_holdout), '') as "trainingOwnClasses",
      (select coalesce(json_object_agg(role, rows), '{}') from (select role, count(*) as rows from roles group by role) as counted) as roles,
      (
        select coalesce(json_agg(json_build_object('batch_id', batch_id, 'position', position, 'class', class, 'role', role)), '[]')
        from roles where role is distinct from role_before
      ) as changes
    from chosen
    where is_used`;
  return { name: 'read-training-data', text };
}

/**
 * Of how many rows the smallest class is; null where no class gives up its surplus. Of two classes both are needed; of
 * more, one may still be without rows.
 */
function leastOfClass(dataSet: DataSet): string {
  if (!dataSet.balance) return 'null';
  return hasTwoClasses(dataSet)
    ? 'select least(count(*) filter (where class = 0), count(*) filter (where class = 1)) from notes where not is_holdout'
    : 'select min(rows) from (select count(*) as rows from notes where not is_holdout group by class) as counted';
}
