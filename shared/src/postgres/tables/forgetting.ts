/**
 * The tables and functions that forget a person. They are the owner's: no function may read the key of the pseudonyms, or
 * change what the audit log holds, but by asking these.
 */
export const forgettingTables = String.raw`-- Whom the loop has forgotten, by the name that stands in their place, and when that was asked for; "finished" stays empty
-- until messages and caches have been cleared, too. What they had said before then does not count, however late it comes.
create table if not exists forgotten (
  pseudonym text        primary key,
  asked     timestamptz not null,
  finished  timestamptz
);

-- Pseudonyms are made with this key, which no function may read: without it nobody can tell from a pseudonym whose it is,
-- or try names. Whoever deletes it makes that final, and the next person who is forgotten gets a new one.
create table if not exists pseudonym_key (
  only_one boolean primary key default true check (only_one),
  key      bytea   not null
);

-- The ratings of one person.
create index if not exists predictions_by_reviewer on predictions (reviewer) where reviewer is not null;

create or replace function pseudonym_of(person text) returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare
  secret bytea;
begin
  insert into pseudonym_key (key) values (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'utf8')))
  on conflict do nothing;
  select key into secret from pseudonym_key;
  return 'person-' || left(encode(sha256(secret || sha256(secret || convert_to(person, 'utf8'))), 'hex'), 16);
end
$$;

-- A text with another name wherever it has this one, as a name of its own and not as a part of a longer one.
create or replace function with_other_name(said text, name text, other text) returns text language sql immutable parallel safe as $$
  select regexp_replace(said, '(?<![[:alnum:]_@]|[[:alnum:]][.+-]|sub:)' || regexp_replace(name, '([^[:alnum:]])', '\\\1', 'g')
    || '(?![[:alnum:]_@]|[.+-][[:alnum:]])', other, 'g')
$$;

-- The same for every text within a value.
create or replace function with_other_name(said jsonb, name text, other text) returns jsonb language plpgsql immutable parallel safe as $$
begin
  case jsonb_typeof(said)
    when 'string' then return to_jsonb(with_other_name(said #>> '{}', name, other));
    when 'array' then return (
      select coalesce(jsonb_agg(with_other_name(value, name, other) order by place), '[]')
      from jsonb_array_elements(said) with ordinality as item (value, place));
    when 'object' then return (
      select coalesce(jsonb_object_agg(key, with_other_name(value, name, other)), '{}') from jsonb_each(said));
    else return said;
  end case;
end
$$;

-- Which models learned from a person's labels, or were judged by them, as far as roles tell.
create or replace function models_taught_by(person text) returns jsonb language sql stable as $$
  with taught as (
    select role, models.created from training join models using (job_id)
    where batch_id is not null and reviewer = person and role in ('trains', 'judges')
  )
  select coalesce(jsonb_agg(jsonb_build_object('model_file_name', file_name, 'learned', learned, 'judged', judged) order by created), '[]')
  from models, lateral (
    select count(*) filter (where role = 'trains') as learned, count(*) filter (where role = 'judges') as judged
    from taught where taught.created <= models.created
  ) as counted
  where learned + judged > 0
$$;

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

-- Everything else has been cleared, too.
create or replace function finish_forgetting(person text) returns void language sql security definer set search_path = public, pg_temp as $$
  update forgotten set finished = clock_timestamp() where pseudonym = pseudonym_of(person)
$$;

-- What somebody said who has been forgotten since comes late: it changes nothing.
create or replace function refuse_forgotten() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from forgotten) then
    return new;
  end if;
  perform from forgotten where pseudonym = pseudonym_of(new.reviewer) and asked >= new.rated_at;
  if not found then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    return old;
  end if;
  new.is_correct := null;
  new.true_label := null;
  new.reviewer := null;
  new.verified := false;
  return new;
end
$$;

create or replace trigger refuse_forgotten before insert or update of reviewer on predictions
for each row when (new.reviewer is not null) execute function refuse_forgotten();

create or replace function refuse_forgotten_word() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from forgotten) then
    return new;
  end if;
  perform from forgotten where pseudonym = pseudonym_of(new.reviewer) and asked >= new.said_at;
  return case when found then null else new end;
end
$$;

create or replace trigger refuse_forgotten_word before insert or update on words
for each row when (new.reviewer <> '') execute function refuse_forgotten_word();

revoke all on function pseudonym_of(text), forget_person(text, text, text, boolean), finish_forgetting(text), refuse_forgotten(), refuse_forgotten_word() from public;
grant execute on function forget_person(text, text, text, boolean), finish_forgetting(text) to ml_readwrite;
grant select on forgotten to ml_readwrite;
`;
