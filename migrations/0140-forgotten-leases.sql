-- Who is forgotten holds no item of a review any more, and nothing is counted under their name.

-- Takes a person out of all tables at once, or not at all. What they said of items goes, with the rows that were learned
-- from it; records of what was done stay, under a pseudonym. Answers what there was. Done again, it finds nothing. "only_look"
-- does the same and undoes it.
create or replace function forget_person(person text, asked_by text, from_address text, only_look boolean)
returns jsonb language plpgsql security definer set search_path = public, pg_temp as $$
declare
  other constant text := pseudonym_of(person);
  -- As it stands in the text of a JSON value.
  quoted constant text := substr(to_jsonb(person)::text, 2, length(to_jsonb(person)::text) - 2);
  now timestamptz;
  taught jsonb;
  found jsonb := '{}';
  changed bigint;
  total bigint := 0;
  unfinished boolean;
begin
  if person = '' then raise exception 'A person has a name.'; end if;
  -- Nobody rates meanwhile: what is on its way is either found here, or finds the person forgotten.
  if not only_look then lock table predictions in share row exclusive mode; end if;
  now := date_trunc('milliseconds', clock_timestamp());
  taught := models_taught_by(person);
  unfinished := exists (select from forgotten where pseudonym = other and finished is null);
  perform set_config('loop.forgetting', 'on', true);
  begin
    -- First predictions and then training, in the order of everybody who locks both.
    perform from predictions where reviewer = person order by batch_id, position for update;
    update predictions set is_correct = null, true_label = null, reviewer = null, verified = false, rated_at = greatest(rated_at, now)
    where reviewer = person;
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('ratings', changed);
    total := total + changed;

    delete from training where batch_id is not null and reviewer = person;
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('training_rows', changed);
    total := total + changed;

    delete from words where reviewer = person;
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('words', changed);
    total := total + changed;

    update training
    set seconded_by = case when seconded_by <> person then seconded_by end,
      kept_by = with_other_name(kept_by, person, other), set_aside = with_other_name(set_aside, person, other)
    where seconded_by = person or position(person in concat_ws(' ', kept_by, set_aside)) > 0
      and (kept_by, set_aside) is distinct from (with_other_name(kept_by, person, other), with_other_name(set_aside, person, other));
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('labels_of_others', changed);
    total := total + changed;

    update decisions set made_by = with_other_name(made_by, person, other), why = with_other_name(why, person, other)
    where position(person in made_by || ' ' || why) > 0
      and (made_by, why) is distinct from (with_other_name(made_by, person, other), with_other_name(why, person, other));
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('decisions', changed);
    total := total + changed;

    update models set reason = with_other_name(reason, person, other), message = with_other_name(message, person, other)
    where (position(person in reason) > 0 or position(quoted in message::text) > 0)
      and (reason, message) is distinct from (with_other_name(reason, person, other), with_other_name(message, person, other));
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('models', changed);
    total := total + changed;

    update jobs set report = with_other_name(report, person, other)
    where position(quoted in report::text) > 0 and report <> with_other_name(report, person, other);
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('jobs', changed);
    total := total + changed;

    update skipped_trainings set reason = with_other_name(reason, person, other)
    where position(person in reason) > 0 and reason <> with_other_name(reason, person, other);
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('skipped_trainings', changed);
    total := total + changed;

    update audit set who = with_other_name(who, person, other), target = with_other_name(target, person, other),
      before = with_other_name(before, person, other), after = with_other_name(after, person, other),
      address = case when person not in (who, address) then address end
    where (position(person in concat_ws(' ', who, address, target)) > 0 or position(quoted in concat_ws(' ', before, after)) > 0)
      and (who, address, target, before, after) is distinct from (with_other_name(who, person, other), nullif(address, person),
        with_other_name(target, person, other), with_other_name(before, person, other), with_other_name(after, person, other));
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('audit', changed);
    total := total + changed;

    delete from review_leases where position(person in holder) > 0 and holder <> with_other_name(holder, person, other);
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('review_leases', changed);
    total := total + changed;

    -- Deleting the rows above has written changes of the counts, too. Whoever counts them at this moment is waited for.
    delete from label_changes where reviewer = person;
    delete from reviewer_counts where reviewer = person;
    get diagnostics changed = row_count;
    found := found || jsonb_build_object('reviewer_counts', changed);
    total := total + changed;

    if only_look then raise exception using errcode = 'LOOKD'; end if;

    if total > 0 or not exists (select from forgotten where pseudonym = other) then
      insert into forgotten (pseudonym, asked) values (other, now)
      on conflict (pseudonym) do update set asked = excluded.asked, finished = null;
      insert into audit (who, address, action, target, after)
      values (with_other_name(asked_by, person, other), nullif(from_address, person), 'person-forgotten', other,
        found || jsonb_build_object('models_taught', taught));
      unfinished := true;
    end if;
  exception when sqlstate 'LOOKD' then
    null;
  end;
  perform set_config('loop.forgetting', '', true);
  return jsonb_build_object('pseudonym', other, 'found', found, 'models_taught', taught, 'unfinished', unfinished);
end
$$;
