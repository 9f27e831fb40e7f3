import { aRequest, envelopes, failureOf, type Pushed } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { classify } from '../base/errors.ts';
import { messageBounds } from '../contract/bounds.ts';
import { requestMessage } from '../contract/messages.ts';
import { decodeData, readEnvelope } from './envelope.ts';

const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const pushed: Pushed = {
  data: Buffer.from('{"a":1}'),
  attributes: { traceparent, correlation_id: 'x' },
  messageId: '42',
  publishTime: new Date('2026-01-01T00:00:00.123Z'),
  deliveryAttempt: 3,
};

it.each(Object.entries(envelopes))('reads a message in the form %s', (form, envelope) => {
  const { body, headers } = envelope(pushed);
  expect(readEnvelope(body, headers)).toEqual({
    id: '42',
    data: pushed.data,
    attributes: pushed.attributes,
    publishTime: pushed.publishTime,
    attempt: form === 'structured' ? undefined : 3,
  });
});

it('reads a message without data and attributes', () => {
  const { body, headers } = envelopes.plainPush({ ...pushed, data: Buffer.alloc(0), attributes: {} });
  expect(readEnvelope(body, headers)).toMatchObject({ data: Buffer.alloc(0), attributes: {} });
});

it('prefers the trace of the publisher to that of the delivery', () => {
  const { body } = envelopes.plainPush(pushed);
  expect(readEnvelope(body, { traceparent: 'of the delivery' }).attributes.traceparent).toBe(traceparent);
  const { body: untraced } = envelopes.plainPush({ ...pushed, attributes: {} });
  expect(readEnvelope(untraced, { traceparent }).attributes.traceparent).toBe(traceparent);
});

it('finds id and time of a binary CloudEvent in its headers when the message has none', () => {
  const { headers } = envelopes.eventarc(pushed);
  expect(readEnvelope({ message: { data: 'e30=' } }, headers)).toMatchObject({
    id: '42',
    publishTime: pushed.publishTime,
  });
});

describe('a structured CloudEvent', () => {
  const message = { data: 'e30=', messageId: '42', publishTime: '2026-01-01T00:00:00.123Z' };
  const event = { specversion: '1.0', id: '7', source: 's', type: 't' };
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
  const read = { id: '42', data: Buffer.from('{}'), publishTime: pushed.publishTime };

  it('need not have a time', () => {
    expect(readEnvelope({ ...event, data: { message } }, {})).toMatchObject(read);
    const before = Date.now();
    const { id, publishTime } = readEnvelope({ ...event, data: { message: { data: 'e30=' } } }, {});
    expect(id).toBe('7');
    expect(publishTime.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('may have its data in base64', () => {
    expect(readEnvelope({ ...event, data_base64: base64({ message }) }, {})).toMatchObject(read);
  });

  it.each([
    ['no base64', '***'],
    ['no JSON', Buffer.from('{').toString('base64')],
    ['no message', base64({ foo: 1 })],
  ])('is refused if that is %s', (_what, data_base64) => {
    expect(() => readEnvelope({ ...event, data_base64 }, {})).toThrow('The request is not a Pub/Sub message');
  });
});

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['something else', { foo: 1 }],
  ['text', 'message'],
  ['bytes', Buffer.from('{}')],
  ['a message that is a list', { message: [] }],
  ['a message of nobody and no time', { message: { data: 'e30=' } }],
  ['malformed base64', { message: { data: '***', messageId: '1', publishTime: '2026-01-01T00:00:00Z' } }],
  ['a malformed time', { message: { data: '', messageId: '1', publishTime: 'now' } }],
  ['an event without data', { specversion: '1.0', id: '1', time: '2026-01-01T00:00:00Z' }],
])('does not take %s for a message', (_what, body) => {
  expect(() => readEnvelope(body, {})).toThrow('The request is not a Pub/Sub message');
});

it('reads the largest message that Pub/Sub takes', () => {
  const { body, headers } = envelopes.eventarc({ ...pushed, data: Buffer.alloc(10_000_000, 'x') });
  expect(readEnvelope(body, headers).data).toHaveLength(10_000_000);
});

const decode = (data: Buffer) => decodeData(data, requestMessage(banknotes), messageBounds(banknotes));
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

it.each<[string, Buffer, string]>([
  ['nothing', Buffer.alloc(0), 'The message has no data.'],
  ['no JSON', Buffer.from('{"batch_id": secret'), 'The data is not JSON.'],
  ['a bare NaN', Buffer.from('{"features":[[NaN,1,1,1]]}'), 'The data is not JSON.'],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'The data is not UTF-8 text.'],
  ['half a character', Buffer.from('"é"').subarray(0, 2), 'The data is not UTF-8 text.'],
  ['a list', Buffer.from('[]'), 'expected object'],
  ['null', Buffer.from('null'), 'expected object'],
  ['ever deeper lists', Buffer.from(nested(1_000_000)), 'nests more than 64 levels'],
  ['a deep list in its middle', Buffer.from(`{"report":${nested(3_000)}}`), 'nests more than 64 levels'],
])('refuses data that is %s, without quoting it', async (_what, data, reason) => {
  const error = await failureOf(decode(data));
  expect(classify(error)).toBe('permanent');
  expect(String(error)).toContain(reason);
  expect(String(error)).not.toContain('secret');
});

it('refuses numbers beyond all bounds', async () => {
  const text = JSON.stringify(
    aRequest({
      features: [
        [1, 2, 3, 0.125],
        [1, 2, 3, 4],
      ],
    }),
  ).replace('0.125', '1e999');
  await expect(decode(Buffer.from(text))).rejects.toMatchObject({
    name: 'PermanentError',
    field: 'features[0][3]',
  });
});

it('names the first problem and counts the others', async () => {
  const data = Buffer.from(JSON.stringify({ batch_id: 1, subjects: 1, features: 1 }));
  await expect(decode(data)).rejects.toThrow('(and 2 more problems)');
});

it('refuses more values and more names than any message has, before it makes anything of them', async () => {
  const [values, names] = [
    `{"subjects":[${'1,'.repeat(600_000)}1]}`,
    `{${Array.from({ length: 20_001 }, (_, i) => `"k${i}":1`)}}`,
  ];
  await expect(decode(Buffer.from(values))).rejects.toThrow('more than 500000 values');
  await expect(decode(Buffer.from(names))).rejects.toThrow('more than 20000 different names');
});

it('tells of the first few wrong items of a list, however many there are', async () => {
  const data = Buffer.from(JSON.stringify({ subjects: Array(100_000).fill(1), features: [] }));
  await expect(decode(data)).rejects.toThrow('(and 3 more problems)');
});

it('takes no envelope for a message that holds more than any has', () => {
  const attributes = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`k${i}`, 1]));
  const message = { data: 'e30=', messageId: '42' };
  const inBase64 = Buffer.from(JSON.stringify({ message: { ...message, attributes } })).toString('base64');
  const event = { specversion: '1.0', id: '7', source: 's', type: 't', data_base64: inBase64 };
  expect(() => readEnvelope(event, {})).toThrow('not a Pub/Sub message');
  expect(() => readEnvelope({ message: { ...message, data: 'e30' } }, {})).toThrow('not a Pub/Sub message');
});

describe('an event of the first generation', () => {
  const data = {
    '@type': 'type.googleapis.com/google.pubsub.v1.PubsubMessage',
    data: 'eyJhIjoxfQ==',
    attributes: { a: 'b' },
  };
  const about = {
    eventId: '42',
    timestamp: '2026-01-01T00:00:00.123Z',
    eventType: 'google.pubsub.topic.publish',
  };
  const read = {
    id: '42',
    data: pushed.data,
    attributes: { a: 'b' },
    publishTime: pushed.publishTime,
    attempt: undefined,
  };

  it.each([
    ['with a context', { data, context: about }],
    ['with what is said of it beside its data', { data, ...about }],
  ])('is read: %s', (_form, body) => {
    expect(readEnvelope(body, {})).toEqual(read);
  });

  it('is none without an id', () => {
    expect(() => readEnvelope({ data }, {})).toThrow('is not a Pub/Sub message');
  });
});
