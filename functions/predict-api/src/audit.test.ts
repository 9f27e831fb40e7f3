import { auditPage } from '@banknote-loop/shared/contract';
import type { Database } from '@banknote-loop/shared/postgres';
import { aPrediction } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { exportAudit, getAudit } from './audit.ts';

let test: TestDatabase;
/** As the user that the function logs in as. */
let db: Database;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
  db = await test.ofFunction('predict-api');
  await db.audit.record(
    { who: 'ann', action: 'withdrawal', target: 'batch 1', before: [{ subject: 'a', rating: 1 }] },
    { who: '=cmd()', action: 'refusal', target: 'say "no", please', times: 3 },
    { who: 'ann', action: 'read', target: aPrediction().batch_id },
  );
});
afterAll(() => test.close());

const nothing = { params: undefined, body: undefined };

async function page(query: { readonly limit: number; readonly cursor?: number }) {
  const { body } = await getAudit.handle({ ...nothing, query }, { db });
  return auditPage.parse(JSON.parse(JSON.stringify(body)));
}

it('gives page after page to its end', async () => {
  const first = await page({ limit: 2 });
  expect(first.records.map(({ action }) => action)).toEqual(['read', 'refusal']);
  const second = await page({ limit: 2, cursor: first.next ?? 0 });
  expect(second).toMatchObject({ records: [{ action: 'withdrawal' }], next: null });
});

async function file(format: 'csv' | 'ndjson', method = 'GET'): Promise<readonly string[]> {
  const reply = await exportAudit.handle({ ...nothing, query: { format } }, { db, method });
  let text = '';
  for await (const part of reply.stream ?? []) text += part;
  return text.split('\n');
}

it('gives all of it as a file', async () => {
  const lines = await file('ndjson');
  expect(lines.slice(0, -1).map(line => JSON.parse(line))).toEqual((await page({ limit: 9 })).records);
  expect(await file('ndjson', 'HEAD')).toEqual(['']);
});

it('gives a file that a spreadsheet may open', async () => {
  const lines = await file('csv');
  expect(lines[0]).toBe('id,created,who,address,action,target,before,after,times');
  expect(lines[2]).toMatch(/,'=cmd\(\),,refusal,"say ""no"", please",,,3$/);
  expect(lines[3]).toMatch(/,ann,,withdrawal,batch 1,"\[\{""rating"": ?1,""subject"": ?""a""\}\]",,1$/i);
});
