import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { type Migration, migrationScript } from './migrations.ts';

export interface SetUp {
  readonly migrations: readonly Migration[];
  /** The text of bank_data.csv. */
  readonly bankData: string;
  /** Under whose name the functions work. */
  readonly user: string;
  readonly password: string;
}

/**
 * Everything that a database needs before the functions use it, as a script for its owner: the tables, up to date, the
 * user of the functions, who has the rights of `ml_readwrite` and no others, and the rows to learn from first. What is
 * there stays, so it can be run again. The password is not in it, only what the server checks it with.
 */
export function setUpScript({ migrations, bankData, user, password }: SetUp): string {
  return [
    migrationScript(migrations),
    createUser(user, scramVerifier(password)),
    insertBankData(bankData),
  ].join('\n');
}

function createUser(user: string, verifier: string): string {
  const name = `"${user.replaceAll('"', '""')}"`;
  return `do $$ begin create role ${name} login; exception when duplicate_object or unique_violation then null; end $$;
alter role ${name} password '${verifier}';
grant ml_readwrite to ${name};
`;
}

const bankDataLine = /^(-?\d+(\.\d+)?(e-?\d+)?,){4}[01]$/i;

/** The line of the file is the key of its row, so that loading it again adds nothing. */
function insertBankData(csv: string): string {
  const [, ...lines] = csv.trim().split(/\r?\n/);
  const rows = lines.map((line, i) => {
    if (!bankDataLine.test(line))
      throw new Error(`Line ${i + 2} of bank_data.csv is not four numbers and a class.`);
    return `(${i + 1},${line})`;
  });
  return `insert into training (position, variance, skewness, curtosis, entropy, class)
values ${rows.join(',\n  ')}
on conflict do nothing;
`;
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
