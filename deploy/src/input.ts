import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { readMigrations, setUpScript } from '@banknote-loop/shared/postgres';
import type { Command } from './command.ts';

// What some commands read from their standard input. As a script of its own, this file writes it to standard output:
// that is how the lines of a dry run do by hand what the deployment does by itself.

export interface Input {
  readonly name: 'new-password' | 'set-up-sql';
  readonly args: readonly string[];
  /** Whose output it is made of. */
  readonly from?: Command;
}

const root = join(import.meta.dirname, '../..');

/** Makes the input; `given` is the output of the command that it is made of. */
export function makeInput({ name, args }: Pick<Input, 'name' | 'args'>, given: string): string {
  if (name === 'new-password') return randomBytes(32).toString('base64url');
  const [user] = args;
  if (!user) throw new Error('set-up-sql takes the name of the database user for the functions.');
  if (!given) throw new Error('set-up-sql reads the password of the database user from its standard input.');
  return setUpScript({
    migrations: readMigrations(join(root, 'migrations')),
    bankData: readFileSync(join(root, 'bank_data.csv'), 'utf8'),
    user,
    password: given,
  });
}

if (import.meta.main) {
  const [name, ...args] = process.argv.slice(2);
  if (name !== 'new-password' && name !== 'set-up-sql') {
    throw new Error('This makes new-password or set-up-sql.');
  }
  const given = name === 'set-up-sql' ? await text(process.stdin) : '';
  process.stdout.write(makeInput({ name, args }, given.trim()));
}
