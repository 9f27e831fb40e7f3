import { aPrediction, envelopes } from '@banknote-loop/testing';
import { banknotes, penguins } from '@banknote-loop/testing/data-sets';
import { pino } from 'pino';
import type { Topic } from '../contract/topics.ts';
import { topics } from '../contract/topics.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { defineFunction } from './definition.ts';
import { createDelivery } from './deliver.ts';
import { startInstance } from './instance.ts';

// What people send is theirs: no value of a feature, no label and no subject may get into a log line or into an attribute
// of a message, which is logged and indexed by others. Ids and counts are enough to find what a line is about.

const secretText = 'canary-in-the-coal-mine';
const secretNumber = 41.424344;
const batch_id = '0199abcd-0000-7000-8000-000000000001';

async function leaksOf(topic: Topic<unknown>, dataSet: DataSet, data: Buffer) {
  const lines: string[] = [];
  const attributes: string[] = [];
  const example = defineFunction({
    name: 'example',
    summary: 'Stands for any function.',
    on: topic,
    publishes: [topics.prediction],
    async handle(_message, { publish }) {
      await publish(topics.prediction, aPrediction({ subjects: [secretText], input: [note] }));
      return { notes: 1 };
    },
  });
  const publisher = {
    send: async (_topic: string, _data: Buffer, own: Readonly<Record<string, string>>) => {
      attributes.push(JSON.stringify(own));
      return '1';
    },
    close: async () => {},
  };
  const environment = { PROJECT_ID: 'test', LOG_LEVEL: 'silent' };
  const { name, publishes } = example;
  const deliver = createDelivery(example, {
    ...startInstance({ name, publishes, uses: {} }, environment, dataSet),
    log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
    publisher: async () => publisher,
    clients: async () => ({}),
  });
  const pushed = { data, attributes: {}, messageId: '1', publishTime: new Date(), deliveryAttempt: 1 };
  const { body, headers } = envelopes.eventarc(pushed);
  await deliver(body, headers);
  expect(lines).not.toEqual([]);
  expect(attributes).not.toEqual([]);
  const secrets = [secretText, String(secretNumber)];
  return [...lines, ...attributes].filter(text => secrets.some(secret => text.includes(secret)));
}

const note = [secretNumber, 1, 2, 3];
const penguin = penguins.features.map(({ example }) => example);
const withValue = (column: number, value: unknown) => penguin.map((one, i) => (i === column ? value : one));

describe('neither logs nor attributes hold what people send', () => {
  it.each([
    ['a note', { subjects: [secretText], features: [note] }],
    ['a text for a number', { subjects: ['a'], features: [[secretText, 1, 2, 3]] }],
    ['a value too many', { subjects: [secretText], features: [[...note, secretNumber]] }],
    ['a note by name with a text', { subjects: ['a'], features: [{ variance: secretText, skewness: 1 }] }],
    ['a subject for a number', { subjects: [secretNumber], features: [note] }],
    ['a batch id that is none', { batch_id: secretText, subjects: ['a'], features: [note] }],
  ])('of a request with %s', async (_what, over) => {
    const data = Buffer.from(JSON.stringify({ batch_id, ...over }));
    expect(await leaksOf(topics.request, banknotes, data)).toEqual([]);
  });

  it.each(penguins.features.map((_, column) => [column]))(
    'of a request with a value that does not fit column %i of penguins',
    async column => {
      for (const value of [secretText, secretNumber, [secretText], { secretText }]) {
        const features = [withValue(column, value)];
        const data = Buffer.from(JSON.stringify({ batch_id, subjects: ['a'], features }));
        expect(await leaksOf(topics.request, penguins, data)).toEqual([]);
      }
    },
  );

  it.each([
    ['a label that is none', { subjects: ['a'], ratings: [0], labels: [secretText] }],
    ['a rating that is none', { subjects: [secretText], ratings: [secretNumber] }],
    ['two ratings of one note', { subjects: [secretText, secretText], ratings: [0, 1] }],
    ['a reviewer', { subjects: [secretText], ratings: [1], reviewer: secretText }],
  ])('of feedback with %s', async (_what, over) => {
    const data = Buffer.from(JSON.stringify({ batch_id, ...over }));
    expect(await leaksOf(topics.feedback, banknotes, data)).toEqual([]);
  });

  it.each([
    ['is no JSON', `{"batch_id": "${secretText}`],
    ['is a text', JSON.stringify(secretText)],
    ['is cut off', `{"batch_id": "${batch_id}", "features": [[${secretNumber}`],
  ])('of a message that %s', async (_what, text) => {
    expect(await leaksOf(topics.request, banknotes, Buffer.from(text))).toEqual([]);
  });

  it('of a prediction whose answer is no class', async () => {
    const data = Buffer.from(
      JSON.stringify({ batch_id, subjects: ['a'], input: [note], output: [secretText], scores: [2] }),
    );
    expect(await leaksOf(topics.prediction, banknotes, data)).toEqual([]);
  });
});
