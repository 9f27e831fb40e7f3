-- Which rows are hold-out can no longer be told from their values alone: a salt decides that is drawn here, once for each
-- database. About a fifth of the rows change sides. Ratings say whether their reviewer's name was checked,
-- and the rows of a training are read by index, a part at a time.

create table hold_out (
  only_one boolean primary key default true check (only_one),
  salt     bytea   not null
);
insert into hold_out (salt)
select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'utf8'));
grant select on hold_out to ml_readwrite;

drop function is_holdout, fair_share;
create function is_holdout(note_hash bytea, salt bytea)
returns boolean language sql immutable strict parallel safe as $$
  select get_byte(sha256(salt || note_hash), 0) < 51
$$;

alter table predictions add column verified boolean not null default false;
alter table training add column verified boolean not null default false;

create index training_of_data_set on training (class, note_hash) where batch_id is null;
create index training_of_people
  on training ((case when verified then coalesce(reviewer, '') else '' end), created, batch_id, position)
  where batch_id is not null;
drop index training_corrections;
create index training_counting on training (created desc) where role in ('trains', 'judges');
