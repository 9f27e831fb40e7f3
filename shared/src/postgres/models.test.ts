import { aModel } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { z } from 'zod';
import { decisionsAnswer, listedJob, modelsAnswer } from '../contract/model-answers.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterEach(() => test.close());

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

function aTraining(number: number, over: Parameters<typeof aModel>[0] = {}) {
  const created = at(number).toISOString();
  const report = { rule: 'better' };
  return aModel({
    model_file_name: `${number}.json`,
    fingerprint: `rows ${number}`,
    report,
    created,
    ...over,
  });
}

it('lists jobs, models and decisions as the contract describes them', async () => {
  for (const number of [1, 2]) await test.db.models.recordAnnouncement(aTraining(number), at(9));
  const jobs = await test.db.jobs.newest(10);
  const models = await test.db.models.newest(10);
  const decisions = await test.db.decisions.newest(10);
  expect(z.array(listedJob).parse(jobs)).toEqual(jobs);
  expect(modelsAnswer.parse({ models, live: null })).toEqual({ models, live: null });
  expect(decisionsAnswer.parse({ decisions })).toEqual({ decisions });
  for (const list of [jobs, models, decisions]) {
    expect(list).toMatchObject([
      { model_file_name: '2.json', created: '2026-01-01T00:00:02.000Z' },
      { model_file_name: '1.json', created: '2026-01-01T00:00:01.000Z' },
    ]);
  }
  expect(await test.db.models.find('1.json')).toEqual(models[1]);
  expect(await test.db.models.find('none.json')).toBeUndefined();
});

it('records a training once, before and after it is announced', async () => {
  const training = aTraining(1);
  await test.db.models.record(training, at(1));
  expect(await test.db.jobs.newest(10)).toEqual([]);
  expect(await test.db.models.announcement('1.json')).toEqual(training);
  expect(await test.db.models.trainedOn('rows 1', undefined)).toEqual({
    message: training,
    announced: false,
  });
  expect(await test.db.models.recordAnnouncement(training, at(1))).toBe(true);
  expect(await test.db.models.recordAnnouncement(training, at(1))).toBe(false);
  expect(await test.db.models.trainedOn('rows 1', undefined)).toMatchObject({ announced: true });
  expect(await test.db.jobs.newest(10)).toHaveLength(1);
});

it('lets the newest promoting decision say which model is live, however late the others arrive', async () => {
  expect(await test.db.models.live()).toBeUndefined();
  await test.db.models.recordAnnouncement(aTraining(2), at(2));
  await test.db.models.recordAnnouncement(aTraining(3, { promoted: false }), at(3));
  await test.db.models.recordAnnouncement(aTraining(1), at(4));
  expect(await test.db.models.live()).toMatchObject({
    model_file_name: '2.json',
    kind: 'training',
    created: '2026-01-01T00:00:02.000Z',
  });
  expect(await test.db.models.before('2.json')).toBe('1.json');
});

it('remembers a rollback until a person promotes a model of those rows again', async () => {
  await test.db.models.recordAnnouncement(aTraining(1), at(1));
  await test.db.models.recordAnnouncement(aTraining(2), at(2));
  const rollback = { kind: 'rollback', by: 'ann', why: 'too strict', replaces: '2.json' } as const;
  await test.db.models.recordAnnouncement(
    aTraining(1, { created: at(3).toISOString(), decision: rollback }),
    at(3),
  );
  expect(await test.db.models.live()).toMatchObject({ model_file_name: '1.json', kind: 'rollback' });
  expect(await test.db.decisions.rollbackOf('rows 2')).toEqual({
    model_file_name: '2.json',
    made_by: 'ann',
    why: 'too strict',
    created: '2026-01-01T00:00:03.000Z',
  });
  expect(await test.db.jobs.newest(10)).toHaveLength(2);

  const promotion = { kind: 'promotion', by: 'bob', why: 'it was fine' } as const;
  await test.db.models.recordAnnouncement(
    aTraining(2, { created: at(4).toISOString(), decision: promotion }),
    at(4),
  );
  expect(await test.db.decisions.rollbackOf('rows 2')).toBeUndefined();
});

it('gives each decision a time after that of every decision before, whatever a clock says', async () => {
  const ahead = new Date(Date.now() + 3_600_000);
  await test.db.models.record(aTraining(1, { created: ahead.toISOString() }), ahead);
  expect(await test.db.decisions.nextTime()).toEqual(new Date(ahead.getTime() + 1));
});

it('records why a request came to nothing, once for a message', async () => {
  const skipped = {
    messageId: 'm',
    batchId: '00000000-0000-4000-8000-000000000001',
    fingerprint: 'f',
    reason: 'r',
  };
  for (const second of [1, 2]) await test.db.skippedTrainings.record(skipped, at(second));
  expect(await test.db.skippedTrainings.newest(10)).toEqual([
    { batch_id: skipped.batchId, fingerprint: 'f', reason: 'r', created: '2026-01-01T00:00:01.000Z' },
  ]);
});
