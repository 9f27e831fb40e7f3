import { aModel, aPrediction } from '@banknote-loop/testing';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import type { AuditFilter } from './audit.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

const all = () => test.db.audit.newest(100, undefined, {});

it('tells of a decision on models what was before, in the statement that makes it', async () => {
  const first = aModel({ model_file_name: 'one.json', created: '2026-01-01T00:00:00.000Z' });
  await test.db.models.record(first, new Date());
  const decision = { kind: 'pin', by: 'ann', why: 'audit week' } as const;
  const pinned = { ...first, created: '2026-01-02T00:00:00.000Z', decision };
  for (let time = 0; time < 2; time += 1) {
    await test.db.models.recordAnnouncement(pinned, new Date(), '192.0.2.7');
  }
  expect(await all()).toEqual([
    {
      id: expect.any(Number),
      created: expect.stringMatching(/Z$/),
      who: 'ann',
      address: '192.0.2.7',
      action: 'model-decision',
      target: 'one.json',
      before: { kind: 'training', model_file_name: 'one.json' },
      after: { kind: 'pin', model_file_name: 'one.json', promoted: true, why: 'audit week' },
      times: 1,
    },
    expect.objectContaining({ who: 'training', action: 'model-decision', address: null, before: null }),
  ]);
});

it('tells of a decision on a label what was before', async () => {
  const prediction = aPrediction();
  const { batch_id, subjects } = prediction;
  await test.db.predictions.store({ prediction, created: new Date() });
  await test.db.ratings.apply({ batch_id, subjects, ratings: subjects.map(() => 0) }, new Date());
  await test.db.training.sync(batch_id, subjects);
  const [subject = ''] = subjects;
  const word = { by: 'ann', why: 'seen it', address: '192.0.2.7' };
  expect(await test.db.labels.decide(batch_id, subject, { learn: true, ...word })).toBe(true);
  expect(await test.db.labels.decide(batch_id, subject, { learn: false, ...word, by: 'bob' })).toBe(true);
  expect(await test.db.labels.decide(batch_id, 'nobody', { learn: false, ...word })).toBe(false);
  expect(await test.db.audit.newest(100, undefined, { action: 'label-decision' })).toMatchObject([
    {
      who: 'bob',
      address: '192.0.2.7',
      target: `batch ${batch_id}, ${subject}`,
      before: { kept_by: 'ann', set_aside: null },
      after: { kept_by: null, set_aside_by: 'operator', set_aside: 'Set aside by bob: seen it' },
    },
    { who: 'ann', before: { kept_by: null }, after: { kept_by: 'ann', why: 'seen it' } },
  ]);
});

it('comes page by page, and narrowed down', async () => {
  const who = 'pager';
  const entries = ['a', 'b', 'c'].map(target => ({ who, action: 'read', target }) as const);
  await test.db.audit.record(...entries, { who, action: 'refusal', times: 7 });
  const [newest, next] = await test.db.audit.newest(2, undefined, { who });
  expect([newest, next]).toMatchObject([{ action: 'refusal', times: 7, before: null }, { target: 'c' }]);
  expect(await test.db.audit.newest(2, next?.id, { who })).toMatchObject([{ target: 'b' }, { target: 'a' }]);
  expect(await test.db.audit.newest(9, undefined, { who, action: 'refusal' })).toHaveLength(1);
  await test.db.audit.record({ who, address: '192.0.2.5', action: 'read', target: 'batch 100%' });
  const found = (filter: AuditFilter) => test.db.audit.newest(9, undefined, { who, ...filter });
  expect(await found({ target: '0%' })).toMatchObject([{ address: '192.0.2.5' }]);
  expect(await found({ address: '192.0.2.5' })).toHaveLength(1);
  expect(await found({ address: '192.0.2' })).toEqual([]);
  const [{ created } = { created: '' }] = await found({});
  expect(await found({ since: created, address: '192.0.2.5' })).toHaveLength(1);
  expect(await found({ until: created, address: '192.0.2.5' })).toEqual([]);
});

it.each(['update audit set who = $$nobody$$', 'delete from audit', 'truncate audit'])(
  'is only ever added to, by its owner, too: %s',
  async statement => {
    await test.db.audit.record({ who: 'ann', action: 'read' });
    const before = await all();
    await expect(test.asOwner(statement)).rejects.toThrow('The table audit is only ever added to.');
    await expect(test.pool.query(statement)).rejects.toThrow();
    expect(await all()).toEqual(before);
  },
);
