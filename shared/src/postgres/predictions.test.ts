import { openTestDatabase, type TestDatabase } from '../../../test/services.ts';
import type { PredictionMessage } from '../contract/messages.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ seeded: false });
});
afterAll(() => database.close());

const prediction: PredictionMessage = {
  batch_id: '01a1fb17-47a3-71ba-886c-d99ca2690465',
  subjects: ['a', 'b'],
  input: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
  output: ['real', 'fake'],
};

it('stores a batch once, however often it comes', async () => {
  const created = new Date('2026-01-01T00:00:00Z');
  await Promise.all([1, 2, 3].map(() => database.db.storePredictions({ prediction, created })));
  const { rows } = await database.pool.query(
    'select position, subject_id, prediction from predictions order by position',
  );
  expect(rows).toEqual([
    { position: 0, subject_id: 'a', prediction: 'real' },
    { position: 1, subject_id: 'b', prediction: 'fake' },
  ]);
});
