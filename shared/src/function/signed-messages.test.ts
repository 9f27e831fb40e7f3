import { aFeedback, aModel, deliver, type Published } from '@banknote-loop/testing';
import { topics } from '../contract/topics.ts';
import { defineFunction } from './definition.ts';

const keysOf = (digit: string) => ({ MESSAGE_KEYS: `ours:${digit.repeat(64)}` });
const environment = keysOf('a');

let handled: string[];
beforeEach(() => {
  handled = [];
});

const takesRatings = defineFunction({
  name: 'asks',
  summary: 'Asks for a training.',
  on: topics.training,
  publishes: [topics.job],
  uses: {},
  async handle(feedback, { publish }) {
    await publish(topics.job, feedback);
    return {};
  },
});

const trains = defineFunction({
  name: 'trains',
  summary: 'Trains.',
  on: topics.job,
  publishes: [],
  uses: {},
  async handle({ batch_id }) {
    handled.push(batch_id);
    return {};
  },
});

const takesModels = defineFunction({
  name: 'takes-models',
  summary: 'Takes models.',
  on: topics.model,
  publishes: [],
  uses: {},
  async handle({ model_file_name }) {
    handled.push(model_file_name);
    return {};
  },
});

async function ask(keys: NodeJS.ProcessEnv = environment): Promise<Published> {
  const { published } = await deliver(takesRatings, {}, aFeedback(), { environment: keys });
  const [job] = published;
  if (!job) throw new Error('Nothing was published.');
  return job;
}

const train = (
  content: unknown,
  attributes: Published['attributes'],
  keys: NodeJS.ProcessEnv = environment,
) => deliver(trains, {}, content, { attributes, environment: keys });

it('takes what a program of the deployment has published, as often as it comes', async () => {
  const { content, attributes } = await ask();
  expect(await train(content, attributes)).toMatchObject({ outcome: 'done' });
  expect(await train(content, { ...attributes, traceparent: 'another' })).toMatchObject({ outcome: 'done' });
  expect(handled).toHaveLength(2);
});

it.each<[string, (job: Published) => Partial<Published> & { readonly keys?: NodeJS.ProcessEnv }]>([
  ['without a signature', () => ({ attributes: {} })],
  ['with what is no signature', () => ({ attributes: { signature: 'ours:x' } })],
  ['with other words', ({ content }) => ({ content: { ...Object(content), reviewer: 'the director' } })],
  ['with a candidate', ({ content }) => ({ content: { ...Object(content), candidate: 'model-1.json' } })],
  ['signed with another key of the same name', () => ({ keys: keysOf('b') })],
])('refuses a job %s', async (_what, change) => {
  const job = await ask();
  const { content, attributes, keys } = { ...job, ...change(job) };
  expect(await train(content, attributes, keys)).toMatchObject({
    outcome: 'permanent',
    deadLetters: [
      { attributes: { dead_letter_reason: expect.stringContaining('No program of this deployment') } },
    ],
  });
  expect(handled).toEqual([]);
});

it('does not take the signature of one topic for that of another', async () => {
  const model = aModel();
  const data = Buffer.from(JSON.stringify(model));
  const { attributes } = await ask();
  const outcome = await deliver(takesModels, {}, data, { attributes, environment });
  expect(outcome).toMatchObject({ outcome: 'permanent' });
});

it('takes them all where there are no keys, or the settings say so', async () => {
  const { content } = await ask();
  expect(await train(content, {}, {})).toMatchObject({ outcome: 'done' });
  const accepting = { ...environment, UNSIGNED_MESSAGES: 'accept' };
  expect(await train(content, {}, accepting)).toMatchObject({ outcome: 'done' });
  const model = await deliver(takesModels, {}, aModel(), { environment: accepting });
  expect(model).toMatchObject({ outcome: 'done' });
});
