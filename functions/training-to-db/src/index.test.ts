import { aModel, deliver } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import trainingToDb from './index.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

it('records a training once, with its report and at the time of its decision', async () => {
  const model = aModel({
    report: { rule: 'first', of_another: [1, 2] },
    created: '2026-01-01T00:00:00.000Z',
  });
  for (let time = 0; time < 2; time += 1) {
    expect(await deliver(trainingToDb, test, model)).toMatchObject({ outcome: 'done' });
  }
  const { rows } = await test.pool.query('select id, model_file_name, accuracy, report, created from jobs');
  expect(rows).toEqual([
    {
      id: model.job_id,
      model_file_name: model.model_file_name,
      accuracy: model.accuracy,
      report: model.report,
      created: new Date('2026-01-01T00:00:00.000Z'),
    },
  ]);
});

it('refuses a model whose numbers no table can hold', async () => {
  const bad = aModel({ model_file_name: 'large.json', records: 3_000_000_000 });
  expect(await deliver(trainingToDb, test, bad)).toMatchObject({ outcome: 'permanent' });
});

it('refuses what is no model', async () => {
  const { outcome } = await deliver(trainingToDb, test, { ...aModel(), accuracy: '99 %' });
  expect(outcome).toBe('permanent');
});
