import { aFeedback, aPrediction, aRequest, deliver, envelopes } from '@banknote-loop/testing';
import { PermanentError, TransientError } from '../base/errors.ts';
import { topics } from '../contract/topics.ts';
import { defineFunction } from './definition.ts';

let failure: Error | undefined;
beforeEach(() => {
  failure = undefined;
});

/** Publishes a prediction for each request, unless the test wants it to fail. */
const example = defineFunction({
  name: 'example',
  summary: 'Stands for any function.',
  on: topics.request,
  publishes: [topics.prediction],
  async handle({ batch_id, subjects, features }, { publish }) {
    if (failure) throw failure;
    await publish(topics.prediction, aPrediction({ batch_id, subjects, input: features }));
    return {};
  },
});

const request = aRequest();
const traceId = 'c'.repeat(32);
const attributes = { traceparent: `00-${traceId}-${'d'.repeat(16)}-01`, own: 'kept' };

it.each(Object.entries(envelopes))('handles a message that comes as %s', async (_form, envelope) => {
  const { outcome, published, deadLetters } = await deliver(example, {}, request, { envelope, attributes });
  expect({ outcome, deadLetters }).toEqual({ outcome: 'done', deadLetters: [] });
  expect(published).toEqual([
    {
      topic: 'prediction',
      content: expect.objectContaining({ batch_id: request.batch_id }),
      attributes: expect.objectContaining({
        correlation_id: request.batch_id,
        traceparent: expect.stringContaining(traceId),
        'ce-source': '/banknote-loop/example',
        'ce-type': 'banknote-loop.prediction.v1',
      }),
    },
  ]);
});

it('sends what can never be processed to dead-letter as it came, with the reason', async () => {
  const { outcome, published, deadLetters } = await deliver(
    example,
    {},
    { ...request, features: 1 },
    {
      attributes,
      messageId: '42',
      deliveryAttempt: 2,
    },
  );
  expect({ outcome, published }).toEqual({ outcome: 'permanent', published: [] });
  expect(deadLetters).toEqual([
    {
      topic: 'dead-letter',
      content: { ...request, features: 1 },
      attributes: expect.objectContaining({
        ...attributes,
        dead_letter_function: 'example',
        dead_letter_topic: 'request',
        dead_letter_message_id: '42',
        dead_letter_attempts: '2',
        dead_letter_field: 'features',
        dead_letter_reason: expect.stringContaining('expected array'),
      }),
    },
  ]);
});

it('keeps data that is not even JSON to the byte', async () => {
  const data = Buffer.from([0xff, 0x00, 0x7b]);
  const { deadLetters } = await deliver(example, {}, data);
  expect(deadLetters).toMatchObject([
    { content: data, attributes: { dead_letter_reason: 'The data is not UTF-8 text.' } },
  ]);
});

it('tries again what may succeed later', async () => {
  failure = new TransientError('Not yet.');
  expect(await deliver(example, {}, request)).toEqual({
    outcome: 'transient',
    published: [],
    deadLetters: [],
  });
});

it('gives up what fails and has been circling for too long, but not what is merely old', async () => {
  const old = { publishTime: new Date(Date.now() - 3_600_000), environment: { EVENT_MAX_AGE_SECONDS: '60' } };
  expect(await deliver(example, {}, request, old)).toMatchObject({ outcome: 'done' });
  failure = new TransientError('Not yet.');
  const { outcome, deadLetters } = await deliver(example, {}, request, old);
  expect(outcome).toBe('permanent');
  expect(deadLetters[0]?.attributes.dead_letter_reason).toMatch(/^Given up after 3600 s: Not yet\.$/);
});

it('keeps a message that dead-letter does not take', async () => {
  const onPublish = () => {
    throw new Error('the topic is gone');
  };
  expect(await deliver(example, {}, { foo: 1 }, { onPublish })).toMatchObject({ outcome: 'transient' });
});

it('keeps a message whose results Pub/Sub does not take', async () => {
  const onPublish = () => {
    throw new Error('Pub/Sub is away');
  };
  expect(await deliver(example, {}, request, { onPublish })).toMatchObject({
    outcome: 'transient',
    deadLetters: [],
  });
});

it('gives up a message whose results are larger than Pub/Sub takes', async () => {
  const onPublish = (topic: string) => {
    if (topic === 'prediction') throw new PermanentError('The message for prediction would have 11.0 MB.');
  };
  expect(await deliver(example, {}, request, { onPublish })).toMatchObject({ outcome: 'permanent' });
});

it('refuses a part of a message and handles the rest', async () => {
  const choosy = defineFunction({
    name: 'choosy',
    summary: 'Refuses everything.',
    on: topics.feedback,
    async handle(feedback, { refuse }) {
      await refuse({ ...feedback, subjects: ['b'] }, new PermanentError('Not b.', { field: 'subjects' }));
      return {};
    },
  });
  const { outcome, deadLetters } = await deliver(choosy, {}, aFeedback());
  expect(outcome).toBe('done');
  expect(deadLetters).toMatchObject([
    { content: { subjects: ['b'] }, attributes: { dead_letter_reason: 'Not b.' } },
  ]);
});

it('gives the handler the time that the publisher gave the message', async () => {
  const seen: Date[] = [];
  const curious = defineFunction({
    name: 'curious',
    summary: 'Looks at the clock.',
    on: topics.request,
    async handle(_request, { time }) {
      seen.push(time);
      return {};
    },
  });
  await deliver(curious, {}, request, { attributes: { 'ce-time': '2026-01-01T00:00:00Z' } });
  await deliver(curious, {}, request, { publishTime: new Date('2026-02-02T00:00:00Z') });
  expect(seen).toEqual([new Date('2026-01-01T00:00:00Z'), new Date('2026-02-02T00:00:00Z')]);
});

it('publishes where TOPIC_ID says, and names that topic in the type of the event', async () => {
  const { published } = await deliver(example, {}, request, { environment: { TOPIC_ID: 'elsewhere' } });
  expect(published).toMatchObject([
    { topic: 'elsewhere', attributes: { 'ce-type': 'banknote-loop.elsewhere.v1' } },
  ]);
});
