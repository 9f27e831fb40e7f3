import { answerRules, topics } from '@banknote-loop/shared';
import { createLogger } from '@banknote-loop/shared/base';
import { unlikeFrom } from '@banknote-loop/shared/data-set';
import { compileModel, fitNovelty } from '@banknote-loop/shared/learning';
import { LiveModelKeeper } from '@banknote-loop/shared/models';
import { aRequest, deliver } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import prediction from './index.ts';

/** Calls a note real by its variance alone. */
const layer = { units: 1, weights: Float32Array.of(1, 0, 0, 0), biases: Float32Array.of(0) };
const encoders = [1, 2, 3, 4].map(() => ({ kind: 'plain', centre: 0, scale: 1 }) as const);
const model = {
  columns: encoders.map(() => ({ kind: 'number' as const })),
  classCount: 2,
  members: [{ kind: 'networks' as const, networks: { inputs: { encoders, width: 4 }, members: [[layer]] } }],
  blend: { weights: [1], shifts: [0, 0], doubt: 0 },
};
let classifier = compileModel(model);
const rules = answerRules.parse({});

let latest: string | undefined;
const keepers: LiveModelKeeper[] = [];
function keeper(): LiveModelKeeper {
  const source = {
    latestName: async () => latest,
    lastGoodName: async () => undefined,
    load: async () => ({ ...classifier, facts: { created: '2026-01-01T00:00:00Z' } }),
  };
  const made = new LiveModelKeeper(source, createLogger('test', 'silent'));
  keepers.push(made);
  return made;
}
const models = keeper();
afterAll(async () => {
  for (const one of keepers) await one.close();
});
beforeEach(() => {
  latest = 'model-1.json';
});

it('waits for the first model', async () => {
  latest = undefined;
  expect(await deliver(prediction, { models, rules }, aRequest())).toMatchObject({
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
  const { outcome, published } = await deliver(prediction, { models, rules }, request);
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
    await deliver(prediction, { models, rules }, request),
    await deliver(prediction, { models, rules }, request),
  ];
  expect(second.published.map(({ content }) => content)).toEqual(
    first.published.map(({ content }) => content),
  );
});

it('answers with a probability however far a note lies from all others', async () => {
  const extremes = [1.7976931348623157e308, -1.7976931348623157e308, 5e-324];
  const subjects = extremes.map(String);
  const features = extremes.map((value): [number, number, number, number] => [value, value, value, value]);
  const { published } = await deliver(prediction, { models, rules }, aRequest({ subjects, features }));
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
  const { outcome, published, deadLetters } = await deliver(prediction, { models, rules }, bad);
  expect({ outcome, published }).toEqual({ outcome: 'permanent', published: [] });
  expect(deadLetters).toMatchObject([{ content: bad, attributes: { dead_letter_field: 'features[1]' } }]);
});

describe('a model that knows its rows', () => {
  /** Notes in a row, and one far away from all of them. */
  const values = Float64Array.from({ length: 400 }, (_, i) => Math.floor(i / 4) / 10 - 5);
  const classes = Uint8Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 1));
  const table = { columns: model.columns, values, classes, classCount: 2, count: 100 };
  const request = aRequest({
    subjects: ['known', 'far'],
    features: [
      [2, 2, 2, 2],
      [900, -900, 900, 900],
    ],
  });

  beforeEach(() => {
    classifier = compileModel({ ...model, novelty: fitNovelty(table, 1) });
    latest = 'model-2.json';
  });

  it.each([
    ['says of each note how unlike them it is, and is not sure of what is far', {}, undefined],
    ['answers "don\'t know" where that is wanted', { ABSTAIN_FROM: '0.99' }, [false, true]],
  ])('%s', async (_what, environment, abstained) => {
    const resources = { models: keeper(), rules: answerRules.parse(environment) };
    const { published } = await deliver(prediction, resources, request);
    const content = topics.prediction.schema(banknotes).parse(published[0]?.content);
    expect(content).toMatchObject({
      output: ['real', 'real'],
      unlike: [expect.any(Number), expect.any(Number)],
    });
    expect(content.unlike?.[0]).toBeLessThan(unlikeFrom);
    expect(content.unlike?.[1]).toBeGreaterThanOrEqual(unlikeFrom);
    expect(content.scores?.[1]).toBeLessThan(0.6);
    expect(content.abstained).toEqual(abstained);
  });
});
