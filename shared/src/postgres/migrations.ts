import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSet } from '../data-set/declaration.ts';
import { grantsToFunctions } from './rights.ts';
import { type AppliedMigration, refuseOthers, tablesLock, tablesOf } from './schema.ts';
import { declarationOf } from './tables/declared.ts';

// A database that has no tables yet gets those that the declaration of its data set gives. One that has tables goes
// through the migrations: the first two are of the days when there were banknotes only, and all later ones must work for
// any data set. What differs from one to the next they read from the declaration in `data_set`.

/** One step from a version of the tables to the next. What has been applied somewhere is never edited. */
export interface Migration extends AppliedMigration {
  readonly text: string;
}

const fileName = /^(?<version>\d{4})-(?<name>[a-z0-9-]+)\.sql$/;

/** Reads the migrations of a folder in their order: `0001-first-tables.sql`, `0002-…`. Numbers may be left out. */
export function readMigrations(folder: string): readonly Migration[] {
  const files = readdirSync(folder).sort();
  if (files.length === 0) throw new Error(`There are no migrations in ${folder}.`);
  const migrations = files.map(file => {
    const { version, name } = fileName.exec(file)?.groups ?? {};
    if (!name) throw new Error(`${file} is not named like a migration, 0001-first-tables.sql say.`);
    // A checkout may end lines in the way of its machine.
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
    const checksum = createHash('sha256').update(text).digest('hex');
    return { version: Number(version), name, text, checksum };
  });
  const twice = migrations.find(({ version }, i) => version === migrations[i - 1]?.version);
  if (twice) throw new Error(`There are two migrations number ${twice.version}: a number is used once.`);
  return migrations;
}

/** Makes the tables of a data set, or brings those that are there up to date, as a script for their owner. */
export function upToDateScript(dataSet: DataSet, migrations: readonly Migration[]): string {
  return [
    inTransaction(`${refuseOthers(dataSet)}${makeIfEmpty(tablesOf(dataSet, migrations))}`),
    migrationScript(migrations),
    inTransaction(grantsToFunctions()),
    inTransaction(recordDeclaration(dataSet)),
  ].join('\n');
}

function makeIfEmpty(tables: string): string {
  const [outer, inner] = [quotesFor(tables, 'empty'), quotesFor(tables, 'tables')];
  return `do ${outer} begin
  if to_regclass('predictions') is null then execute ${inner}
${tables}${inner};
  end if;
end ${outer};`;
}

/** Dollar quotes that the text cannot end: there are names of people's choice in it. */
function quotesFor(text: string, word: string): string {
  for (let n = 0; ; n += 1) {
    const quotes = `$${word}${n || ''}$`;
    if (!text.includes(quotes)) return quotes;
  }
}

/** Of a declaration, what the tables were made by. */
const shape = (declaration: string): string =>
  ['features[*].column', 'features[*].kind', 'features[*].missing', 'label.classes[*].name']
    .map(path => `jsonb_path_query_array(${declaration}, '$.${path}')`)
    .join(' || ');

/** Hints and ranges may change at any time; what the tables are made by only goes with them. */
export function recordDeclaration(dataSet: DataSet): string {
  const { name } = dataSet;
  const given = `${declarationOf(dataSet)}::jsonb`;
  const quotes = quotesFor(given, 'declaration');
  return `do ${quotes}
declare
  stored jsonb;
  given constant jsonb := ${given};
begin
  select declaration into stored from data_set;
  if ${shape('stored')} <> ${shape('given')} then
    raise exception 'The tables of ${name} are not as its declaration says: it has changed since they were made.'
      using hint = 'npm run data-set -- diff says what that means, and npm run data-set -- migrate ${name} does it.';
  end if;
  update data_set set declaration = given where declaration <> given;
end
${quotes};`;
}

/**
 * Brings a database of any earlier version up to date, as a script for its owner that can be run at any time: it knows
 * by itself what has been done. Each migration is a transaction of its own, under a lock, so that two who run the
 * script at the same moment take turns; one that fails leaves nothing of itself, and none of those after it is tried.
 */
export function migrationScript(migrations: readonly Migration[]): string {
  const steps = migrations.map((one, i) => applyOnce(one, migrations[i - 1]?.version ?? 0));
  return [createTable, ...steps].map(inTransaction).join('\n');
}

function inTransaction(statements: string): string {
  return `begin;
do $$ begin perform pg_advisory_xact_lock(${tablesLock}); end $$;
${statements}
commit;
`;
}

// The databases from before migrations were counted have a table without names and checksums, or none at all.
const createTable = `create table if not exists schema_versions (
  version  integer     primary key,
  applied  timestamptz not null default now(),
  name     text,
  checksum text
);
alter table schema_versions add column if not exists name text, add column if not exists checksum text;`;

// In a block, since a script has no other way to do something only if it has not been done. Its text is executed by
// that block and so in its transaction: a migration cannot do what PostgreSQL refuses to do in one.
function applyOnce({ version, name, text, checksum }: Migration, before: number): string {
  for (const quote of ['$migration$', '$apply$']) {
    if (text.includes(quote)) throw new Error(`The migration ${name} may not contain ${quote}.`);
  }
  return `do $apply$
declare
  applied schema_versions;
begin
  select * into applied from schema_versions where version = ${version};
  if not found then
    if ${before} > 0 and not exists (select from schema_versions where version = ${before}) then
      raise exception 'Migration ${version}, ${name}, is for tables that have been through ${before}, and these have not.';
    end if;
    execute $migration$
${text}$migration$;
    insert into schema_versions (version, name, checksum) values (${version}, '${name}', '${checksum}');
  elsif applied.checksum is null then
    update schema_versions set name = '${name}', checksum = '${checksum}' where version = ${version};
  elsif applied.checksum <> '${checksum}' then
    raise exception 'Migration ${version}, ${name}, is not as it was when it was applied to this database.'
      using hint = 'Put it back as it was, and write what is to change into the next migration.';
  end if;
end
$apply$;`;
}
