import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';

const folder = mkdtempSync(join(tmpdir(), 'data-set-'));
const { dataSet, path } = findDataSet('iris');
const scented = join(folder, 'scented.yaml');

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ dataSet });
  const features = [...dataSet.features, { name: 'scent', kind: 'yes-no', missing: true }];
  writeFileSync(scented, JSON.stringify({ ...dataSet, features }));
});
afterAll(async () => {
  await test.close();
  rmSync(folder, { recursive: true });
});

/** What a loop leaves in its data folder for whoever looks for it there. */
function loopFolder(): string {
  const { user, password } = JSON.parse(process.env.TEST_POSTGRES ?? '{}');
  expect(user).toBe('postgres');
  const { DBHOST, DBPORT, DBNAME } = test.settings;
  const env = { DATA_SET: 'iris', DBHOST, DBPORT, DBNAME, LOOP_DECLARATION: path };
  const home = join(folder, 'elsewhere');
  mkdirSync(join(home, 'postgres'), { recursive: true });
  const lines = Object.entries(env).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(join(home, 'env'), lines.join(''));
  writeFileSync(join(home, 'runner.pid'), String(process.pid));
  writeFileSync(join(home, 'postgres/superuser-password'), password);
  return home;
}

function run(...words: readonly string[]) {
  const script = join(import.meta.dirname, 'data-set.ts');
  const env = { PATH: process.env.PATH };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...words], {
    encoding: 'utf8',
    env,
  });
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

it('compares with the tables of a loop that keeps its data elsewhere, and migrates them', async () => {
  const home = loopFolder();
  const isNew = 'scent is new: in stored rows it is missing. [the model answers until the next]';
  const nothing = { status: 0, lines: ['Nothing changes for stored rows and models.'] };
  expect(run('diff', 'iris', '--folder', home)).toEqual(nothing);
  expect(run('diff', scented, '--folder', home)).toEqual({ status: 0, lines: [isNew] });
  expect(run('diff', path, scented)).toEqual({ status: 0, lines: [isNew] });
  const { status, lines } = run('migrate', scented, `--folder=${home}`);
  expect([status, lines[0], lines[1]]).toEqual([
    0,
    isNew,
    expect.stringMatching(/^The tables of iris \(test_\w+ at 127\.0\.0\.1:\d+\) are as the declaration says/),
  ]);
  expect(run('diff', scented, '--folder', home)).toEqual(nothing);
  const { fields } = await test.pool.query('select scent from predictions limit 0');
  expect(fields).toHaveLength(1);
});

it('says in one line that no loop is there, or one of another data set', () => {
  expect(run('migrate', 'iris', '--folder', join(folder, 'none'))).toEqual({
    status: 1,
    lines: [expect.stringMatching(/^No loop runs on .+none \(npm start -- --folder .+none\)\.$/)],
  });
  expect(run('diff', 'wine', '--folder', loopFolder()).lines).toEqual([
    expect.stringMatching(/^The loop on .+elsewhere serves iris, and not wine\.$/),
  ]);
});
