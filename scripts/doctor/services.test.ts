import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { runChecks } from './check.ts';
import { postgresCheck } from './services.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

async function findings() {
  const found = [];
  for await (const finding of runChecks([postgresCheck(test.db)])) found.push(finding);
  return found;
}

it('finds the tables up to date, and names the command where they lag behind', async () => {
  expect(await findings()).toMatchObject([{ ok: true, text: expect.stringContaining('tables of version') }]);
  await test.asOwner('delete from schema_versions');
  expect(await findings()).toMatchObject([
    {
      ok: false,
      text: expect.stringContaining('The tables are of version 0'),
      remedy: expect.stringContaining('npm run migrate'),
    },
  ]);
});
