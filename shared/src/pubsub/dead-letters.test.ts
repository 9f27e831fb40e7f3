import { type PubSub, startPubSub } from '@banknote-loop/local-cloud';
import { type Clients, connectClients } from '@banknote-loop/local-cloud/testing';
import { deadLetterTopic } from '../contract/topics.ts';
import { type DeadLetters, openDeadLetters } from './dead-letters.ts';

let pubsub: PubSub;
let clients: Clients;
let readers: readonly DeadLetters[];
beforeAll(async () => {
  pubsub = await startPubSub();
  clients = connectClients(pubsub.address);
  await clients.pubsub.createTopic(deadLetterTopic);
  await clients.pubsub.topic(deadLetterTopic).createSubscription(deadLetterTopic, { ackDeadlineSeconds: 60 });
  const open = () => openDeadLetters({ PROJECT_ID: 'test', PUBSUB_EMULATOR_HOST: pubsub.address });
  readers = await Promise.all([open(), open()]);
});
afterAll(async () => {
  await Promise.all(readers.map(reader => reader.close()));
  await clients.close();
  await pubsub.close();
});

const listAll = () => Promise.all(readers.flatMap(reader => [reader.list(), reader.list(), reader.list()]));

it('answers without waiting for letters that do not come', async () => {
  // To wait for an empty pull took two seconds each time, more than this test may take in all.
  for (const _ of Array.from({ length: 8 })) expect(await listAll()).toEqual([[], [], [], [], [], []]);
});

it('shows all readers all letters, at the same time too, and leaves them where they are', async () => {
  const topic = clients.pubsub.topic(deadLetterTopic);
  await Promise.all(
    ['1', '2', '3'].map(text => topic.publishMessage({ data: Buffer.from(text), attributes: { text } })),
  );
  for (const found of await listAll()) {
    expect(found.map(({ attributes }) => attributes.text).toSorted()).toEqual(['1', '2', '3']);
  }
  const subscription = clients.subscriber.subscriptionPath('test', deadLetterTopic);
  const [{ receivedMessages }] = await clients.subscriber.pull({ subscription, maxMessages: 10 });
  expect(receivedMessages).toHaveLength(3);
});

it('finds the letter that is to be replayed while others look', async () => {
  const feedback = await clients.pubsub.createTopic('feedback');
  const attributes = { dead_letter_topic: 'feedback', text: 'again' };
  await clients.pubsub.topic(deadLetterTopic).publishMessage({ data: Buffer.from('again'), attributes });
  const [reader] = readers;
  const replay = () => reader?.replay(letter => letter.attributes.text === 'again');
  const [, replayed] = await Promise.all([reader?.list(), replay(), reader?.list()]);
  expect(replayed).toBe(1);
  expect(await replay()).toBe(0);
  await feedback[0].delete();
});
