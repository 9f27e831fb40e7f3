import { createLogger } from '@banknote-loop/shared/base';
import { compileModel } from '@banknote-loop/shared/learning';
import { LiveModelKeeper } from '@banknote-loop/shared/models';
import { aRequest, deliver } from '@banknote-loop/testing';
import prediction from './index.ts';

/** Calls a note real by its variance alone. */
const layer = { units: 1, weights: Float32Array.of(1, 0, 0, 0), biases: Float32Array.of(0) };
const encoders = [1, 2, 3, 4].map(() => ({ kind: 'plain', centre: 0, scale: 1 }) as const);
const classifier = compileModel({
  columns: encoders.map(() => ({ kind: 'number' })),
  classCount: 2,
  members: [{ kind: 'networks', networks: { inputs: { encoders, width: 4 }, members: [[layer]] } }],
  blend: { weights: [1], shifts: [0, 0], doubt: 0 },
});

let latest: string | undefined;
const models = new LiveModelKeeper(
  {
    latestName: async () => latest,
    lastGoodName: async () => undefined,
    load: async () => ({ ...classifier, facts: { created: '2026-01-01T00:00:00Z' } }),
  },
  createLogger('test', 'silent'),
);
afterAll(() => models.close());
beforeEach(() => {
  latest = 'model-1.json';
});

it('waits for the first model', async () => {
  latest = undefined;
  expect(await deliver(prediction, { models }, aRequest())).toMatchObject({
    outcome: 'transient',
    published: [],
  });
});

it('answers every note of a batch, and says which model did', async () => {
  const request = aRequest({
    subjects: ['genuine', 'forged'],
    features: [
      [3, 0, 0, 0],
      [-3, 0, 0, 0],
    ],
  });
  const { outcome, published } = await deliver(prediction, { models }, request);
  expect(outcome).toBe('done');
  expect(published).toMatchObject([
    {
      topic: 'prediction',
      content: {
        batch_id: request.batch_id,
        subjects: ['genuine', 'forged'],
        input: request.features,
        output: ['real', 'fake'],
        scores: [expect.closeTo(0.953, 3), expect.closeTo(0.047, 3)],
        model_file_name: 'model-1.json',
      },
    },
  ]);
});

it('answers alike when a message comes twice', async () => {
  const request = aRequest();
  const [first, second] = [
    await deliver(prediction, { models }, request),
    await deliver(prediction, { models }, request),
  ];
  expect(second.published.map(({ content }) => content)).toEqual(
    first.published.map(({ content }) => content),
  );
});

it('answers with a probability however far a note lies from all others', async () => {
  const extremes = [1.7976931348623157e308, -1.7976931348623157e308, 5e-324];
  const subjects = extremes.map(String);
  const features = extremes.map((value): [number, number, number, number] => [value, value, value, value]);
  const { published } = await deliver(prediction, { models }, aRequest({ subjects, features }));
  expect(published).toMatchObject([
    { content: { output: ['real', 'fake', 'real'], scores: [1, expect.any(Number), 0.5] } },
  ]);
});

it('refuses a batch in which a note is incomplete', async () => {
  const bad = {
    ...aRequest(),
    features: [
      [1, 2, 3, 4],
      [1, 2, 3],
    ],
  };
  const { outcome, published, deadLetters } = await deliver(prediction, { models }, bad);
  expect({ outcome, published }).toEqual({ outcome: 'permanent', published: [] });
  expect(deadLetters).toMatchObject([{ content: bad, attributes: { dead_letter_field: 'features[1]' } }]);
});
