-- Who did what, when and from where. Nobody changes or deletes what stands here, its owner neither.

create table audit (
  id      bigint      generated always as identity primary key,
  created timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  who     text        not null,
  address text,
  action  text        not null,
  target  text,
  before  jsonb,
  after   jsonb,
  times   integer     not null default 1
);
create index audit_by_who on audit (who, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'The table % is only ever added to.', tg_table_name;
end
$$;

create trigger audit_is_kept before update or delete or truncate on audit
for each statement execute function refuse_change();

grant select, insert on audit to ml_readwrite;
