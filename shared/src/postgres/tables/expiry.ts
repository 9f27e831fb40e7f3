/** The functions that take out what has had its time. They are the owner's: nobody may delete anything, but by asking these. */
export const expiryFunctions = `-- Of these batches what may go: notes that nobody has rated since "earliest", and that models do not learn from. The first
-- note of a batch stays with any other one, since it stands for the batch in all lists.
create or replace function unrated_notes(batches uuid[], earliest timestamptz)
returns table (batch_id uuid, "position" integer) language sql stable as $$
  with judged as (
    select p.batch_id, p.position,
      p.created >= unrated_notes.earliest or p.is_correct is not null or coalesce(p.rated_at >= unrated_notes.earliest, false)
        or exists (select from training t where t.batch_id = p.batch_id and t.position = p.position) as stays
    from predictions p where p.batch_id = any (unrated_notes.batches)
  )
  select batch_id, position from (
    select batch_id, position, stays or position = 0 and bool_or(stays) over (partition by batch_id) as stays from judged
  ) as standing
  where not stays
$$;

-- What was made lately stays, whatever somebody asks for who has found a way in.
create or replace function refuse_early_expiry(earliest timestamptz, youngest interval) returns void language plpgsql as $$
begin
  if earliest is null or earliest > now() - youngest then
    raise exception 'What is younger than % stays.', youngest using errcode = 'check_violation';
  end if;
end
$$;

create or replace function expire_unrated(batches uuid[], earliest timestamptz, out gone_batches integer, out gone_notes integer)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_early_expiry(earliest, '12 hours');
  -- A rating that comes at this moment is waited for, and then counts.
  perform from predictions where batch_id = any (expire_unrated.batches) order by batch_id, position for update;
  with gone as (
    select * from unrated_notes(batches, earliest)
  ), unsaid as (
    delete from words using gone where words.batch_id = gone.batch_id and words.position = gone.position
  ), deleted as (
    delete from predictions p using gone where p.batch_id = gone.batch_id and p.position = gone.position
    returning p.batch_id
  )
  select count(distinct batch_id), count(*) into gone_batches, gone_notes from deleted;
end
$$;

-- Models that were refused before "earliest": what a person has decided on, what others were made from, what has answered
-- and what labels were settled by stays.
create or replace function refused_models(earliest timestamptz) returns setof text language sql stable as $$
  select file_name from models m
  where not promoted and created < earliest
    and not exists (select from predictions p where p.model_file_name = m.file_name and p.position = 0)
    and not exists (select from training t where t.job_id = m.job_id)
    and not exists (select from models child where child.parent = m.file_name)
    and not exists (
      select from decisions d where d.model_file_name = m.file_name and (d.promoted or d.kind <> 'training')
    )
  order by file_name
$$;

create or replace function expire_models(earliest timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform refuse_early_expiry(earliest, '12 hours');
  with gone as (
    delete from models using refused_models(earliest) as refused where file_name = refused returning job_id
  )
  delete from jobs using gone where jobs.id = gone.job_id;
end
$$;

-- The numbers that people watch, and trainings that were put off.
create or replace function expire_records(earliest timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone bigint;
begin
  perform refuse_early_expiry(earliest, '12 hours');
  with numbers as (
    delete from figures where since < earliest returning true
  ), trainings as (
    delete from skipped_trainings where created < earliest returning true
  )
  select (select count(*) from numbers) + (select count(*) from trainings) into gone;
  return gone;
end
$$;

-- Takes the oldest records out of the audit log, and writes down that it did. Whoever asks cannot wipe away what was done
-- of late.
create or replace function expire_audit(earliest timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone bigint;
begin
  perform refuse_early_expiry(earliest, '89 days');
  perform set_config('loop.expiring', 'on', true);
  delete from audit where created < earliest;
  get diagnostics gone = row_count;
  perform set_config('loop.expiring', '', true);
  if gone > 0 then
    insert into audit (who, action, target, after)
    values (session_user, 'records-expired', 'audit', jsonb_build_object('records', gone, 'before', earliest));
  end if;
  return gone;
end
$$;

revoke all on function expire_unrated(uuid[], timestamptz), expire_models(timestamptz), expire_records(timestamptz), expire_audit(timestamptz) from public;
grant execute on function expire_unrated(uuid[], timestamptz), expire_models(timestamptz), expire_records(timestamptz), expire_audit(timestamptz) to ml_readwrite;
`;
