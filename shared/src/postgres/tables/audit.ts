/** Who did what: never changed, and kept for as long as somebody says, 90 days at least. */
export const auditTable = `-- Who did what, when and from where: decisions on models and labels, ratings taken back or given for others, models taken
-- in, dead letters replayed, people signed in, exported and forgotten, reads of what is others', refusals. Nobody changes what
-- stands here, its owner neither.
create table if not exists audit (
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
create index if not exists audit_by_who on audit (who, id);

-- The log keeps what was done, when and how often; only a name in it may give way to a pseudonym (\`forget_person\`), and
-- what is older than it has to be may go (\`expire_audit\`).
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_nargs = 0 and (
    tg_op = 'UPDATE' and current_setting('loop.forgetting', true) = 'on'
    or tg_op = 'DELETE' and current_setting('loop.expiring', true) = 'on'
  ) then
    return null;
  end if;
  raise exception 'The table % is only ever added to.', tg_table_name;
end
$$;

create or replace trigger audit_is_kept before update or delete or truncate on audit
for each statement execute function refuse_change();
create or replace trigger audit_keeps_what_was_done before update of id, created, action, times on audit
for each statement execute function refuse_change('always');`;
