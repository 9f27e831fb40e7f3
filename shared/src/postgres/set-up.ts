import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { type CsvItem, CsvReader } from '../data-set/csv.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Value } from '../data-set/row.ts';
import { columnList, literal } from './features.ts';
import { type Migration, upToDateScript } from './migrations.ts';

export interface SetUp {
  readonly dataSet: DataSet;
  readonly migrations: readonly Migration[];
  /** The text of the data set's CSV file, if the script is to load its rows. */
  readonly csv?: string;
  /** Under whose name the loop is looked after, and functions work that have no user of their own. */
  readonly user: string;
  readonly password: string;
}

/**
 * Everything that a database needs before the functions use it, as a script for its owner: the tables, up to date, the
 * user of the loop, who has the rights of `ml_readwrite` and no others, and the rows to learn from first. What is
 * there stays, so it can be run again. The password is not in it, only what the server checks it with.
 */
export function setUpScript({ dataSet, migrations, csv, user, password }: SetUp): string {
  return [
    upToDateScript(dataSet, migrations),
    userScript({ user, password, role: 'ml_readwrite' }),
    ...(csv === undefined ? [] : insertRows(dataSet, csv)),
  ].join('\n');
}

export interface User {
  readonly user: string;
  readonly password: string;
  /** Whose rights the user has. */
  readonly role: string;
}

/** Makes a user who logs in, or gives the one that is there another password, as a script for the owner of the tables. */
export function userScript({ user, password, role }: User): string {
  const name = `"${user.replaceAll('"', '""')}"`;
  return `do $$ begin create role ${name} login; exception when duplicate_object or unique_violation then null; end $$;
alter role ${name} password '${scramVerifier(password)}';
grant ${role} to ${name};
`;
}

const rowsOfStatement = 5_000;

/** The line of the file is the key of its row, so that loading it again changes nothing. */
function insertRows(dataSet: DataSet, csv: string): string[] {
  const reader = new CsvReader(dataSet, { labelled: true });
  const parts = [reader.push(csv), reader.end()];
  const [problem] = parts.flatMap(part => part.problems);
  if (problem)
    throw new Error(
      `Line ${problem.line} of the rows of ${dataSet.name} cannot be loaded: ${problem.message}`,
    );
  const rows = parts.flatMap(part => part.items).map(item => rowOf(dataSet, item));
  const starts = Array.from(
    { length: Math.ceil(rows.length / rowsOfStatement) },
    (_, i) => i * rowsOfStatement,
  );
  return starts.map(
    start => `insert into training (position, ${columnList(dataSet)}, class)
values ${rows.slice(start, start + rowsOfStatement).join(',\n  ')}
${whereLinesChanged(dataSet)};
`,
  );
}

/** What becomes of a row that is there already: it follows its line, and nothing is written where that says the same. */
export function whereLinesChanged(dataSet: DataSet): string {
  const columns = (table: string) => `${columnList(dataSet, table)}, ${table}.class`;
  return `on conflict (batch_id, position) do update set (${columnList(dataSet)}, class) = row(${columns('excluded')})
where (${columns('training')}) is distinct from (${columns('excluded')})`;
}

function rowOf(dataSet: DataSet, { line, row, label }: CsvItem): string {
  return `(${[positionOf(dataSet, line), ...row.map(spelled), label].join(',')})`;
}

/** The key of the row that stands on a line: the first row's is 1. */
export function positionOf({ header }: DataSet, line: number): number {
  return header ? line - 1 : line;
}

function spelled(value: Value): string {
  return typeof value === 'string' ? literal(value) : String(value);
}

const iterations = 4096;

/**
 * What PostgreSQL keeps of a password, by RFC 5803. Given this instead of the password, it keeps it as it is: so the
 * password itself never appears in a statement, a log or a file. For passwords in ASCII.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyOf = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  const serverKey = keyOf('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
