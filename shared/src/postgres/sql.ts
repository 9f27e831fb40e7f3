import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { classify, TransientError } from '../base/errors.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Password } from './connect.ts';
import { fitsLayout } from './layout.ts';

/** A statement under a name: the server parses and plans it once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Holds another lock for a moment, beside the one that is held. */
export type AlsoLock = <T>(lock: number, moment: () => Promise<T>) => Promise<T>;

/** What reads within `inOneMoment`. */
export type Read = <Row extends QueryResultRow>(
  statement: Statement,
  values: readonly unknown[],
) => Promise<Row[]>;

const patienceMs = 900_000;

/** The one way in which the tables' modules speak to the database, once it has said that it is the right one. */
export class Sql {
  readonly #pool: Pool;
  readonly #password: Password;
  readonly #dataSet: DataSet;
  #checked: Promise<void> | undefined;
  readonly #lastLocked = new Map<number, Promise<void>>();

  /** `dataSet` is the one whose tables these must be. */
  constructor(pool: Pool, password: Password, dataSet: DataSet) {
    this.#pool = pool;
    this.#password = password;
    this.#dataSet = dataSet;
  }

  async rows<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#loggedIn(() => this.#pool.query<Row>({ ...statement, values: [...values] }));
    return rows;
  }

  /** For statements whose answer is one row or none. */
  async find<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row | undefined> {
    return (await this.rows<Row>(statement, values))[0];
  }

  /** For statements whose answer is always one row. */
  async row<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row> {
    return onlyRow(statement, await this.rows<Row>(statement, values));
  }

  /** For the rare statement that looks through everything: it may take minutes, where all others have seconds. */
  async rowPatiently<Row extends QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row> {
    const connection = await this.#connect();
    connection.on('error', ignore);
    try {
      await connection.query(`set statement_timeout = ${patienceMs}`);
      const patiently = { ...statement, values: [...values], query_timeout: patienceMs };
      return onlyRow(statement, (await connection.query<Row>(patiently)).rows);
    } finally {
      // Closing the connection ends the setting, too.
      connection.release(true);
    }
  }

  /**
   * Reads by several statements from one moment, in which class numbers mean what they mean here. They are meant to take rows out of an index in its order, however many
   * there are: a planner that has not counted the rows yet, or long ago, may think that sorting a few is quicker.
   */
  async inOneMoment<T>(work: (read: Read) => Promise<T>): Promise<T> {
    const connection = await this.#connect();
    connection.on('error', ignore);
    let failed = true;
    try {
      await connection.query(beginReading);
      await connection.query(`select ${fitsLayout(this.#dataSet)}`);
      const result = await work(async (statement, values) => {
        const { rows } = await connection.query({ ...statement, values: [...values] });
        return rows;
      });
      await connection.query('commit');
      failed = false;
      return result;
    } finally {
      connection.off('error', ignore);
      connection.release(failed);
    }
  }

  /**
   * Runs `work` while nobody else anywhere holds the lock; a lost connection frees it. Of this process only one stands
   * in the queue for a lock at a time: each holds a connection, and `work` needs some, too. Whoever needs a second lock
   * for a moment takes it on the same connection, by `also`.
   */
  withLock<T>(lock: number, waitMs: number, work: (also: AlsoLock) => Promise<T>): Promise<T> {
    const last = this.#lastLocked.get(lock) ?? Promise.resolve();
    const mine = last.then(() => this.#lockAndRun(lock, waitMs, work));
    this.#lastLocked.set(lock, mine.then(ignore, ignore));
    return mine;
  }

  async #lockAndRun<T>(lock: number, waitMs: number, work: (also: AlsoLock) => Promise<T>): Promise<T> {
    const connection = await this.#connect();
    connection.on('error', ignore);
    try {
      await connection.query(`set lock_timeout = ${Math.round(waitMs)}`);
      await connection.query('select pg_advisory_lock($1)', [lock]);
      return await work(async (other, moment) => {
        await connection.query('select pg_advisory_lock($1)', [other]);
        try {
          return await moment();
        } finally {
          await connection.query('select pg_advisory_unlock($1)', [other]);
        }
      });
    } finally {
      // Closing the connection, rather than giving it back, frees the lock and the setting whatever has happened.
      connection.release(true);
    }
  }

  #connect(): Promise<PoolClient> {
    return this.#loggedIn(() => this.#pool.connect());
  }

  /** Nothing has been done yet where the password was refused: with the new one, the work goes on as if nothing were. */
  async #loggedIn<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.#checkDataSet();
      return await work();
    } catch (error) {
      if (!this.#password.forgetIfRefused(error)) throw await this.#orBetween(error);
      await this.#checkDataSet();
      return work();
    }
  }

  /** Once for a process, since a database never changes whose it is. A failure is forgotten: somebody may put it right. */
  #checkDataSet(): Promise<void> {
    this.#checked ??= this.#compareNames().catch(error => {
      this.#checked = undefined;
      throw error;
    });
    return this.#checked;
  }

  async #compareNames(): Promise<void> {
    const { rows } = await this.#pool.query<{ name: string }>('select name from data_set');
    const name = rows[0]?.name ?? 'no data set';
    const own = this.#dataSet.name;
    if (name === own) return;
    // Not permanent: a wrong deployment must not drain the queues into `dead-letter`.
    throw new TransientError(
      `The database holds ${name}, and this function works on ${own}: give it the database of ${own}.`,
    );
  }

  /**
   * What the tables refuse while they are at another declaration than this process, in the middle of a deployment, an
   * instance of theirs will write; it must not go to `dead-letter`.
   */
  async #orBetween(error: unknown): Promise<unknown> {
    if (classify(error) !== 'permanent') return error;
    const { rows } = await this.#pool.query<{ same: boolean }>(
      'select declaration = $1::jsonb as same from data_set',
      [JSON.stringify(this.#dataSet)],
    );
    if (rows[0]?.same !== false) return error;
    const reason = `The tables of ${this.#dataSet.name} are at another declaration than this function.`;
    return new TransientError(reason, { cause: error });
  }
}

/** A connection that is lost between two statements says so by an event, which would end the process unheard; the next statement fails in any case. */
function ignore(): void {}

function onlyRow<Row>({ name }: Statement, [row]: readonly Row[]): Row {
  if (!row) throw new Error(`The statement ${name} gave no row.`);
  return row;
}

const beginReading = `
  begin isolation level repeatable read read only;
  set local enable_seqscan = off;
  set local enable_bitmapscan = off;
  set local enable_sort = off;
  set local jit = off`;
