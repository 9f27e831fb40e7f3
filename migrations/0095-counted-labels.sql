-- What is known of each reviewer is counted on as labels come and go, so that a training need not go through all labels
-- there are; those that may look wrong are found by index.

create table reviewer_counts (
  reviewer   text    primary key,
  checked    bigint  not null,
  improbable bigint  not null,
  doubt      numeric not null
);
create table label_changes (
  reviewer   text    not null,
  checked    integer not null,
  improbable integer not null,
  doubt      numeric not null
);
grant select, insert, update on reviewer_counts to ml_readwrite;
grant select, insert, delete on label_changes to ml_readwrite;

create function count_label() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.plausibility is not null then
    insert into label_changes
    select coalesce(old.reviewer, ''), -is_known::int, -(is_open and old.plausibility < 0.5)::int,
      case when is_open then -least(old.plausibility, 1 - old.plausibility)::numeric else 0 end
    from (select coalesce(old.unlike < 0.99, false) as is_known) as known,
      lateral (select is_known and old.seconded_by is null and old.kept_by is null as is_open) as open;
  end if;
  if tg_op <> 'DELETE' and new.plausibility is not null then
    insert into label_changes
    select coalesce(new.reviewer, ''), is_known::int, (is_open and new.plausibility < 0.5)::int,
      case when is_open then least(new.plausibility, 1 - new.plausibility)::numeric else 0 end
    from (select coalesce(new.unlike < 0.99, false) as is_known) as known,
      lateral (select is_known and new.seconded_by is null and new.kept_by is null as is_open) as open;
  end if;
  return null;
end
$$;

create trigger count_new_label after insert on training
for each row when (new.plausibility is not null) execute function count_label();
create trigger count_changed_label
after update of reviewer, plausibility, unlike, seconded_by, kept_by on training
for each row when (
  (old.reviewer, old.plausibility, old.unlike, old.seconded_by is null, old.kept_by is null)
    is distinct from (new.reviewer, new.plausibility, new.unlike, new.seconded_by is null, new.kept_by is null)
) execute function count_label();
create trigger count_lost_label after delete on training
for each row when (old.plausibility is not null) execute function count_label();

insert into reviewer_counts
select coalesce(reviewer, ''), count(*) filter (where unlike < 0.99),
  count(*) filter (where unlike < 0.99 and plausibility < 0.5 and seconded_by is null and kept_by is null),
  coalesce(sum(least(plausibility, 1 - plausibility)::numeric)
    filter (where unlike < 0.99 and seconded_by is null and kept_by is null), 0)
from training where batch_id is not null and plausibility is not null
group by coalesce(reviewer, '');

create index training_plausible on training ((coalesce(reviewer, '')), plausibility)
  where batch_id is not null and plausibility is not null;
create index training_odd on training (created) where batch_id is not null and oddity is not null;
create index training_far on training (created) where batch_id is not null and unlike >= 0.99;
create index training_checked on training (checked_by) where batch_id is not null;
