import { aModel } from '@banknote-loop/testing';
import { bankData } from '@banknote-loop/testing/bank-data';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { pino } from 'pino';
import { timeOrderedUuid } from '../base/ids.ts';
import { checkQuality, measureQuality, type QualitySettings } from './quality.ts';

const settings: QualitySettings = {
  windowDays: 7,
  rows: 1000,
  minimumRows: 100,
  driftThreshold: 0.25,
  mostRefusals: 5,
  mostSetAside: 50,
};

let test: TestDatabase;
beforeEach(async () => {
  test = await openTestDatabase();
});
afterEach(() => test.close());

const bank = bankData();
function bankNote(row: number, shift = 0): number[] {
  const [variance = 0, skewness = 0, curtosis = 0, entropy = 0] = bank.features.subarray(
    4 * row,
    4 * row + 4,
  );
  return [variance + shift, skewness, curtosis, entropy];
}

/** Answers of a model to bank notes, of which people found so many right. */
async function answers(model_file_name: string, rated: number, right: number, shift = 0): Promise<void> {
  const batch_id = timeOrderedUuid();
  const subjects = Array.from({ length: rated }, (_, i) => `note ${i}`);
  const input = subjects.map((_, i) => bankNote((i * 7) % bank.count, shift));
  const output = subjects.map((_, i) => (bank.classes[(i * 7) % bank.count] === 1 ? 'real' : 'fake'));
  const prediction = { batch_id, subjects, input, output, model_file_name };
  await test.db.predictions.store({ prediction, created: new Date() });
  const ratings = subjects.map((_, i) => (i < right ? 1 : 0));
  await test.db.ratings.apply({ batch_id, subjects, ratings }, new Date());
}

async function twoModels(): Promise<void> {
  for (const [i, model_file_name] of ['old.json', 'new.json'].entries()) {
    const created = new Date(Date.UTC(2026, 0, 1 + i)).toISOString();
    await test.db.models.recordAnnouncement(aModel({ model_file_name, created }), new Date());
  }
}

it('tells how right people found each model, with how sure that is', async () => {
  await answers('old.json', 40, 36);
  await answers('new.json', 20, 20);
  const { models } = await measureQuality(test.db, settings);
  expect(models).toMatchObject([
    { model_file_name: 'new.json', rated: 20, correct: 20, accuracy: 1 },
    {
      model_file_name: 'old.json',
      rated: 40,
      correct: 36,
      accuracy: 0.9,
      interval: { low: expect.closeTo(0.77, 2) },
    },
  ]);
});

it('counts only the ratings of the window', async () => {
  await answers('old.json', 10, 10);
  const { models } = await measureQuality(test.db, { ...settings, windowDays: 1e-9 });
  expect(models).toEqual([]);
});

it('finds no drift in notes like those that were learned from, and names the feature that moved', async () => {
  await answers('old.json', 300, 300);
  expect((await measureQuality(test.db, settings)).alerts).toEqual([]);
  await answers('old.json', 1000, 1000, 3);
  const { drift, alerts } = await measureQuality(test.db, settings);
  expect(alerts).toEqual(['drift of variance']);
  expect(drift.map(({ name }) => name)).toEqual(['curtosis', 'entropy', 'real', 'skewness', 'variance']);
});

it('tells how each feature is spread, in training and in the latest answers, over bins that leave no gap', async () => {
  await answers('old.json', 1000, 1000, 3);
  const { drift } = await measureQuality(test.db, settings);
  for (const { name, bins } of drift) {
    const total = (of: 'learned_share' | 'answered_share') => bins.reduce((sum, bin) => sum + bin[of], 0);
    expect({ name, learned: total('learned_share'), answered: total('answered_share') }).toEqual({
      name,
      learned: expect.closeTo(1),
      answered: expect.closeTo(1),
    });
    expect(bins.slice(1).map(({ lower }) => lower)).toEqual(bins.slice(0, -1).map(({ upper }) => upper));
  }
  const variance = drift.find(({ name }) => name === 'variance');
  expect(variance?.bins.at(0)).toMatchObject({ lower: null, learned_share: expect.closeTo(0.1, 1) });
  expect(variance?.bins.at(0)?.answered_share).toBeLessThan(0.05);
  expect(variance?.bins.at(-1)).toMatchObject({ upper: null, learned_share: expect.closeTo(0.1, 1) });
  expect(variance?.bins.at(-1)?.answered_share).toBeGreaterThan(0.4);
});

it('spreads the share of real notes over fake and real', async () => {
  await answers('old.json', 300, 300);
  const { drift } = await measureQuality(test.db, settings);
  expect(drift.find(({ name }) => name === 'real')?.bins).toMatchObject([
    { lower: 0, upper: 1 },
    { lower: 1, upper: null },
  ]);
});

it('concludes nothing from few answers', async () => {
  await answers('old.json', 99, 99, 50);
  const { drift } = await measureQuality(test.db, settings);
  expect(drift.every(({ psi, drifted }) => psi === null && !drifted)).toBe(true);
});

it.each([
  [150, true],
  [170, false],
  [180, false],
])('calls a model with %d of 200 right clearly worse than one with 180 of 200: %s', async (right, worse) => {
  await twoModels();
  await answers('old.json', 200, 180);
  await answers('new.json', 200, right);
  const { better_before, alerts } = await measureQuality(test.db, settings);
  expect(better_before).toBe(worse ? 'old.json' : null);
  expect(alerts).toEqual(worse ? ['live accuracy of new.json below that of old.json'] : []);
});

it('warns of each crossing once, and again only when it has been left and crossed again', async () => {
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: line => warnings.push(JSON.parse(line).alert) });
  await answers('old.json', 1000, 1000, 3);
  await Promise.all([1, 2, 3].map(() => checkQuality(test.db, settings, log)));
  expect(warnings).toEqual(['drift of variance']);
  await checkQuality(test.db, { ...settings, driftThreshold: 100 }, log);
  await checkQuality(test.db, settings, log);
  expect(warnings).toEqual(['drift of variance', 'drift of variance']);
});
