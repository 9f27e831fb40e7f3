import type { ClientBase } from 'pg';
import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { columnList, literal } from './features.ts';
import { type Migration, recordDeclaration } from './migrations.ts';
import { tablesLock, tablesOf } from './schema.ts';

// The demo that this loop takes over from has three tables of the same names, with fewer columns and no keys. They are
// put aside into a schema of their own, and what is in them is copied into tables of the loop's: rows that nobody could
// make sense of stay where they are, and are counted.

const aside = 'before_the_loop';
const oldTables = ['training', 'predictions', 'jobs'] as const;
type OldTable = (typeof oldTables)[number];

export interface TakenTable {
  readonly table: OldTable;
  readonly found: number;
  readonly taken: number;
  /** Rows that say what another says, too: each delivery of a message wrote its own, and each rating a second one. */
  readonly doubles: number;
  /** Rows without a number or a class where one must be. */
  readonly senseless: number;
}

export interface TakenOver {
  readonly tables: readonly TakenTable[];
  /** Ratings among the predictions: models learn from them under the key of their prediction. */
  readonly rated: number;
  /** The schema in which the old tables are kept. */
  readonly keptIn: string;
}

/** Takes the demo's tables over, all or nothing. The client is the owner's. */
export async function takeOver(
  client: ClientBase,
  dataSet: DataSet,
  migrations: readonly Migration[],
): Promise<TakenOver> {
  if (dataSet.name !== 'banknotes')
    throw new Error('The tables of the demo hold banknotes, and no other data set.');
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(${tablesLock})`);
    const there = await putAside(client);
    await client.query(`${readers}\n${tablesOf(dataSet, migrations)}\n${recordDeclaration(dataSet)}`);
    const tables: TakenTable[] = [];
    // Predictions first: which training rows go back to a rating is known from them.
    for (const table of ['predictions', 'training', 'jobs'] as const) {
      tables.push(there.has(table) ? await copy(client, dataSet, table) : nothingOf(table));
    }
    const { rowCount } = await client.query('select from predictions where is_correct is not null');
    await client.query('commit');
    return { tables, rated: rowCount ?? 0, keptIn: aside };
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

function nothingOf(table: OldTable): TakenTable {
  return { table, found: 0, taken: 0, doubles: 0, senseless: 0 };
}

async function putAside(client: ClientBase): Promise<ReadonlySet<OldTable>> {
  const { rows } = await client.query<{ name: OldTable; ours: boolean }>(
    `select name, exists (select from pg_attribute where attrelid = to_regclass(name) and attname in ('position', 'batch_id')
        and name <> 'predictions' or attrelid = to_regclass(name) and attname = 'position') as ours
     from unnest($1::text[]) as name where to_regclass(name) is not null`,
    [oldTables],
  );
  if (rows.length === 0) throw new Error('There are no tables of the demo: npm run migrate makes new ones.');
  if (rows.some(({ ours }) => ours)) {
    throw new Error('These are tables of the loop already: npm run migrate brings them up to date.');
  }
  await client.query(`create schema ${aside}`).catch((cause: unknown) => {
    throw new Error(`There is a schema ${aside} already: the demo's tables have been taken over before.`, {
      cause,
    });
  });
  for (const { name } of rows) await client.query(`alter table ${name} set schema ${aside}`);
  return new Set(rows.map(({ name }) => name));
}

/** Nobody knows which types the columns have: each is read as text, and what is no number, id or time becomes null. */
const readers = `
create function pg_temp.as_number(text) returns double precision language plpgsql as $$
begin return $1::double precision; exception when others then return null; end $$;
create function pg_temp.as_json(text) returns jsonb language plpgsql as $$
begin return $1::jsonb; exception when others then return jsonb_build_object('text', $1); end $$;
create function pg_temp.as_time(text) returns timestamptz language plpgsql as $$
begin
  -- A time without a zone is UTC.
  perform set_config('timezone', 'UTC', true);
  return date_trunc('milliseconds', $1::timestamptz);
exception when others then return null; end $$;
create function pg_temp.as_id(text) returns uuid language plpgsql as $$
begin return $1::uuid; exception when others then return md5('id of before: ' || $1)::uuid; end $$;
create function pg_temp.as_truth(text) returns boolean language sql as $$
  select case when lower($1) in ('t', 'true', '1') then true when lower($1) in ('f', 'false', '0') then false end
$$;`;

async function copy(client: ClientBase, dataSet: DataSet, table: OldTable): Promise<TakenTable> {
  const { rows: known } = await client.query<{ attname: string }>(
    `select attname from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [`${aside}.${table}`],
  );
  const columns = new Set(known.map(({ attname }) => attname));
  /** A column as text; null where the demo's table has none of that name. */
  const text = (column: string): string => (columns.has(column) ? `old.${column}::text` : 'null::text');
  const { read, whole, key, write } = copies(dataSet)[table](text);
  await client.query(
    `create temporary table taken on commit drop as
     select *, ${whole} as whole, row_number() over (partition by ${key} order by preferred desc, nth) as copy_of
     from (${read}) as read`,
  );
  const {
    rows: [counts],
  } = await client.query<Pick<TakenTable, 'found' | 'senseless'>>(
    `select count(*)::int as found, (count(*) filter (where whole is not true))::int as senseless from taken`,
  );
  const { rowCount } = await client.query(write);
  await client.query('drop table taken');
  const { found = 0, senseless = 0 } = counts ?? {};
  const taken = rowCount ?? 0;
  return { table, found, taken, doubles: found - taken - senseless, senseless };
}

interface Copy {
  /** The old rows with the types of the new ones. */
  readonly read: string;
  readonly whole: string;
  /** What two rows have alike that say the same. */
  readonly key: string;
  readonly write: string;
}

type ReadColumn = (column: string) => string;

function copies(dataSet: DataSet): Readonly<Record<OldTable, (text: ReadColumn) => Copy>> {
  const features = columnList(dataSet);
  const readFeatures = (text: ReadColumn): string =>
    dataSet.features.map(({ column }) => `pg_temp.as_number(${text(column)}) as ${column}`).join(', ');
  const names = classNames(dataSet).map(literal);
  const numbers = `array[${names.join(', ')}]`;
  const present = dataSet.features.map(({ column }) => `${column} is not null`).join(' and ');
  const created = (text: ReadColumn): string =>
    `coalesce(pg_temp.as_time(${text('created')}), date_trunc('milliseconds', now()))`;
  const nth = 'row_number() over (order by old.ctid) as nth';
  return {
    predictions: text => ({
      read: `select pg_temp.as_id(${text('batch_id')}) as batch_id, coalesce(nullif(${text('subject_id')}, ''), 'note') as subject_id,
        ${readFeatures(text)},
        case lower(${text('prediction')}) ${names.map((name, i) => `when '${i}' then ${name} when ${name} then ${name}`).join(' ')} end as prediction,
        pg_temp.as_truth(${text('is_correct')}) as is_correct, ${created(text)} as created, ${nth},
        pg_temp.as_truth(${text('is_correct')}) is not null as preferred
        from ${aside}.predictions old`,
      whole: `${present} and batch_id is not null and prediction is not null`,
      key: `batch_id, subject_id, ${features}`,
      write: `insert into predictions (batch_id, position, subject_id, ${features}, prediction, is_correct, rated_at, created)
        select batch_id, row_number() over (partition by batch_id order by created, nth) - 1, subject_id, ${features},
          prediction, is_correct, case when is_correct is not null then created end, min(created) over (partition by batch_id)
        from taken where whole and copy_of = 1`,
    }),
    training: text => ({
      read: `select ${readFeatures(text)},
        coalesce(pg_temp.as_number(${text('class')}), array_position(${numbers}, lower(${text('class')})) - 1) as class,
        ${created(text)} as created, ${nth}, true as preferred
        from ${aside}.training old`,
      whole: `${present} and class in (0, 1)`,
      key: `${features}, class`,
      // What people said comes from the ratings, so that it stays theirs; all else is the bank's.
      write: `with people as (
          insert into training (batch_id, position, ${features}, class, created)
          select batch_id, position, ${features},
            case when is_correct then place else 1 - place end, rated_at
          from predictions, lateral (select array_position(${numbers}, prediction) - 1 as place) as predicted
          where is_correct is not null
        )
        insert into training (${features}, class, created)
        select ${features}, class::smallint, created from taken
        where whole and copy_of = 1 and not exists (
          select from predictions p
          where p.is_correct is not null and ${dataSet.features.map(({ column }) => `p.${column} = taken.${column}`).join(' and ')}
        )
        order by nth`,
    }),
    jobs: text => ({
      read: `select pg_temp.as_id(${text('id')}) as id, ${text('model_file_name')} as model_file_name,
        coalesce(pg_temp.as_number(${text('records')}), 0)::int as records,
        pg_temp.as_number(${text('accuracy')}) as accuracy,
        coalesce(pg_temp.as_json(${text('report')}), '{}') as report,
        ${['data_prep_time', 'training_time', 'testing_time'].map(column => `coalesce(pg_temp.as_number(${text(column)}), 0) as ${column}`).join(', ')},
        ${created(text)} as created, ${nth}, true as preferred
        from ${aside}.jobs old`,
      whole: 'id is not null and model_file_name is not null and accuracy between 0 and 1',
      key: 'id',
      write: `insert into jobs (id, model_file_name, records, accuracy, report, data_prep_time, training_time, testing_time, created)
        select id, model_file_name, records, accuracy, report, data_prep_time, training_time, testing_time, created
        from taken where whole and copy_of = 1`,
    }),
  };
}
