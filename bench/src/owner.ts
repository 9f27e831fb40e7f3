import type { Environment, Services } from '@banknote-loop/local/services';
import { Pool } from 'pg';

/** For what the functions have no right to do, such as emptying a table. */
export function ownerOf({ postgres }: Services, { DBNAME }: Environment): Pool {
  if (!postgres) throw new Error('The services came up without a PostgreSQL of their own.');
  const { host, port, user, password } = postgres;
  return new Pool({ host, port, user, password, database: DBNAME, max: 1 });
}
