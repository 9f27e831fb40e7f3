import type { DataSet } from '../data-set/declaration.ts';
import { literal } from './features.ts';
import { layoutFunction, layoutOf } from './layout.ts';
import { grantsToFunctions } from './rights.ts';
import { auditTable } from './tables/audit.ts';
import { declarationOf } from './tables/declared.ts';
import { expiryFunctions } from './tables/expiry.ts';
import { forgettingTables } from './tables/forgetting.ts';
import { modelTables } from './tables/models.ts';
import { predictionTables } from './tables/predictions.ts';
import { trainingTables } from './tables/training.ts';
import { upkeepTables } from './tables/upkeep.ts';

// The tables of a data set: what its declaration and all migrations add up to.

/** What a database says of each migration that its tables have been through. */
export interface AppliedMigration {
  /** The version that it leads to: they are applied in the order of their versions, which may have gaps. */
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/** Whoever makes or changes tables holds this lock. */
export const tablesLock = 20_120_817;

/** All tables, as a script for their owner that can be run again and again. */
export function schemaOf(dataSet: DataSet, migrations: readonly AppliedMigration[]): string {
  return `-- The tables of the loop for ${dataSet.name}, as its declaration and the migrations in migrations/ add up to them. Runs on
-- PostgreSQL 15 or newer, as the owner of the database, again and again:
--   psql -v ON_ERROR_STOP=1 -f schema.sql
-- It makes tables and never changes them: npm run migrate does that, and, after a change of the declaration,
-- npm run data-set -- migrate. This text is made by
--   node scripts/run.mjs scripts/data-set.ts schema ${dataSet.name}
-- The functions never work as the owner. Each logs in as a member of a role of its own, with only the rights below; whoever
-- looks after the loop, and programs of before, as members of \`ml_readwrite\`.

begin;

-- Two who load this at the same moment, two deployments say, take turns, with each other and with migrations.
do $$ begin perform pg_advisory_xact_lock(${tablesLock}); end $$;

${refuseOthers(dataSet)}
-- Tables of another version stay as they are, since what follows makes only what is not there: they are refused.
do $$
declare
  described constant integer := ${migrations.at(-1)?.version ?? 0};
  reached integer := 0;
begin
  if to_regclass('predictions') is null then return; end if;
  if to_regclass('schema_versions') is not null then
    select coalesce(max(version), 0) into reached from schema_versions;
  end if;
  if reached <> described then
    raise exception 'The tables are of version %, and schema.sql describes version %.', reached, described
      using hint = 'npm run migrate brings older tables up to date.';
  end if;
end
$$;

${tablesOf(dataSet, migrations)}
commit;
`;
}

/** Refuses the tables of another data set before anything is written. The first tables were those of banknotes, and did not say so. */
export function refuseOthers({ name }: DataSet): string {
  return `-- The tables of another data set are refused.
do $$
declare
  stored text;
begin
  if to_regclass('data_set') is not null then
    select name into stored from data_set;
  elsif to_regclass('predictions') is not null then
    stored := 'banknotes';
  end if;
  if stored <> ${literal(name)} then
    raise exception 'This database holds the tables of %, and not those of ${name}.', stored
      using hint = 'Give ${name} a database of its own.';
  end if;
  if to_regclass('predictions') is not null and not exists (
    select from pg_attribute where attrelid = to_regclass('predictions') and attname = 'position'
  ) then
    raise exception 'This database holds the tables of the demo of before.'
      using hint = 'npm run migrate -- --from old takes over what is in them.';
  end if;
end
$$;
`;
}

export function tablesOf(dataSet: DataSet, migrations: readonly AppliedMigration[]): string {
  return `-- The migrations that the tables have been through. Before these were counted, there were no names and checksums.
create table if not exists schema_versions (
  version  integer     primary key,
  applied  timestamptz not null default now(),
  name     text,
  checksum text
);
alter table schema_versions add column if not exists name text, add column if not exists checksum text;
insert into schema_versions as applied (version, name, checksum) values
  ${migrations.map(({ version, name, checksum }) => `(${version}, ${literal(name)}, ${literal(checksum)})`).join(',\n  ')}
on conflict (version) do update set name = excluded.name, checksum = excluded.checksum
  where applied.checksum is null;

do $$
begin
  create role ml_readwrite nologin;
exception
  when duplicate_object then null;  -- the role belongs to the server, so another database may have made it already
  when unique_violation then null;  -- and another session may be making it at this moment
end
$$;

-- One row: whose tables these are, and by which declaration, and how many there have been.
-- \`seed\` says which file's rows have been loaded, and \`layouts\` by which meaning of columns and class numbers instances may
-- use the tables.
create table if not exists data_set (
  name        text        primary key check (name = ${literal(dataSet.name)}),
  declaration jsonb       not null,
  version     integer     not null default 1,
  seed        text,
  applied     timestamptz not null default now(),
  layouts     text[]      not null
);
insert into data_set (name, declaration, layouts)
values (${literal(dataSet.name)}, ${declarationOf(dataSet)}, array[${literal(layoutOf(dataSet))}])
on conflict do nothing;

${layoutFunction}

-- One item in five judges every model and trains none. Which ones, nobody can tell who does not know the salt: it is drawn
-- once for each database, and no function ever sends it anywhere.
create table if not exists hold_out (
  only_one boolean primary key default true check (only_one),
  salt     bytea   not null
);
insert into hold_out (salt)
select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'utf8'))
on conflict do nothing;

create or replace function is_holdout(note_hash bytea, salt bytea)
returns boolean language sql immutable strict parallel safe as $$
  select get_byte(sha256(salt || note_hash), 0) < 51
$$;

${predictionTables(dataSet)}

${trainingTables(dataSet)}

${modelTables}

${auditTable}

${upkeepTables}

grant usage on schema public to ml_readwrite;
grant select, insert, update on predictions, words to ml_readwrite;
grant select, insert, update, delete on training to ml_readwrite;
grant select, insert on jobs, models, decisions, skipped_trainings, audit to ml_readwrite;
grant select, insert, delete on alerts, label_changes to ml_readwrite;
grant select, insert, update on reviewer_counts, figures to ml_readwrite;
grant select, insert, update, delete on review_leases to ml_readwrite;
grant select on schema_versions, data_set, hold_out to ml_readwrite;

${forgettingTables}
${expiryFunctions}
${grantsToFunctions()}`;
}
