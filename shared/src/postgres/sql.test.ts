import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ seeded: false });
});
afterAll(() => database.close());

it('lets one piece of work at a time have the lock, and many more ask for it than there are connections', async () => {
  const { db, pool } = database;
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await pool.query('select 1');
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 30 }, () => db.decisions.withLock(10_000, work)));
  expect(most).toBe(1);
});

it('frees the lock when the work fails', async () => {
  const { db } = database;
  await expect(db.decisions.withLock(1_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(db.decisions.withLock(1_000, async () => 'yes')).resolves.toBe('yes');
});

it('lets people decide while a training is under way, but not in the moments in which it decides itself', async () => {
  const { decisions } = database.db;
  await decisions.whileTraining(1_000, async decideAlone => {
    await expect(decisions.withLock(50, async () => 'taken')).resolves.toBe('taken');
    await decideAlone(async () => {
      await expect(decisions.withLock(50, async () => 'taken')).rejects.toMatchObject({ code: '55P03' });
    });
    await expect(decisions.withLock(50, async () => 'taken')).resolves.toBe('taken');
    return {};
  });
});

it('gives up on a lock that another instance holds for too long', async () => {
  const other = await database.pool.connect();
  try {
    await other.query('select pg_advisory_lock(20120816)');
    const waiting = database.db.decisions.withLock(50, async () => 'never');
    await expect(waiting).rejects.toMatchObject({ code: '55P03' });
  } finally {
    other.release(true);
  }
});

it('reads a time as a text of the contract, in UTC, and no time as null', async () => {
  const { rows } = await database.pool.query(
    `select '2026-01-01 02:30:00.1239+02:30'::timestamptz as time, null::timestamptz as none, 'x' as text`,
  );
  expect(rows).toEqual([{ time: '2026-01-01T00:00:00.123Z', none: null, text: 'x' }]);
});
