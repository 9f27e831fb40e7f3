import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readMigrations } from '@banknote-loop/shared/postgres';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

function migrate(environment: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'migrate.ts')], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...environment },
  });
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

function ofOwner(): Readonly<Record<string, string>> {
  const { user, password } = JSON.parse(process.env.TEST_POSTGRES ?? '{}');
  const { DBHOST, DBPORT, DBNAME } = test.settings;
  return { DBHOST, DBPORT, DBNAME, PGUSER: user, PGPASSWORD: password };
}

it('brings tables up to date, says what it did, and does nothing the second time', async () => {
  const [first, ...later] = readMigrations(join(import.meta.dirname, '../migrations'));
  await test.asOwner(`drop schema public cascade; create schema public;
    create table schema_versions (version integer primary key, applied timestamptz not null default now()); ${first?.text}`);
  const done = /^The tables of test_\w+ at 127\.0\.0\.1:\d+ are up to date\.$/;
  expect(migrate(ofOwner())).toEqual({
    status: 0,
    lines: [first, ...later]
      .map(one => `applied ${one?.version}, ${one?.name}`)
      .concat([expect.stringMatching(done)]),
  });
  expect(migrate(ofOwner())).toEqual({ status: 0, lines: [expect.stringMatching(done)] });
  expect((await test.pool.query('select name from data_set')).rows).toEqual([{ name: 'banknotes' }]);
});

it.each([
  ['a password', { PGPASSWORD: '' }, 'PGUSER is set, and so DBHOST and PGPASSWORD must be, too.'],
  ['a port', { DBPORT: 'x' }, 'DBPORT takes a number from 1 to 65535, and was given "x".'],
])('says in one line what is wrong with %s', (_what, over, line) => {
  expect(migrate({ ...ofOwner(), ...over })).toEqual({ status: 1, lines: [line] });
});
