import { type PubSub, startPubSub } from '@banknote-loop/local-cloud';
import { type Clients, connectClients } from '@banknote-loop/local-cloud/testing';
import { v1 } from '../clients/pubsub.ts';
import { deadLetterTopic } from '../contract/topics.ts';
import { type DeadLetter, type DeadLetters, openDeadLetters } from './dead-letters.ts';

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

const textsOf = (letters: readonly DeadLetter[]) =>
  letters.map(({ attributes }) => attributes.text).toSorted();
const listAll = () => Promise.all(readers.flatMap(reader => [reader.list(), reader.list(), reader.list()]));

it('answers without waiting for letters that do not come', async () => {
  // To wait for an empty pull would take seconds each time, more than this test may take in all.
  const none = { letters: [], more: false };
  for (const _ of Array.from({ length: 8 })) {
    expect(await listAll()).toEqual([none, none, none, none, none, none]);
  }
});

it('shows all readers all letters, at the same time too, and leaves them where they are', async () => {
  const topic = clients.pubsub.topic(deadLetterTopic);
  await Promise.all(
    ['1', '2', '3'].map(text => topic.publishMessage({ data: Buffer.from(text), attributes: { text } })),
  );
  for (const found of await listAll()) {
    expect(textsOf(found.letters)).toEqual(['1', '2', '3']);
  }
  const subscription = clients.subscriber.subscriptionPath('test', deadLetterTopic);
  const [{ receivedMessages }] = await clients.subscriber.pull({ subscription, maxMessages: 10 });
  expect(receivedMessages).toHaveLength(3);
});

it('replays to topics of functions only, whatever a letter says', async () => {
  const elsewhere = await clients.pubsub.createTopic('elsewhere');
  const attributes = { dead_letter_topic: 'elsewhere', text: 'astray' };
  await clients.pubsub.topic(deadLetterTopic).publishMessage({ data: Buffer.from('astray'), attributes });
  const [reader] = readers;
  const found = (await reader?.listAll())?.find(letter => letter.attributes.text === 'astray');
  const ids = new Set([found?.id ?? '']);
  await expect(reader?.replay(ids)).rejects.toThrow('came from elsewhere, by which no function is triggered');
  expect(await reader?.drop(ids)).toBe(1);
  await elsewhere[0].delete();
});

it('finds the letter that is to be replayed while others look', async () => {
  const feedback = await clients.pubsub.createTopic('feedback');
  const attributes = { dead_letter_topic: 'feedback', text: 'again' };
  await clients.pubsub.topic(deadLetterTopic).publishMessage({ data: Buffer.from('again'), attributes });
  const [reader] = readers;
  const found = (await reader?.listAll())?.find(letter => letter.attributes.text === 'again');
  const replay = () => reader?.replay(new Set([found?.id ?? '']));
  const [, replayed] = await Promise.all([reader?.list(), replay(), reader?.list()]);
  expect(replayed).toBe(1);
  expect(await replay()).toBe(0);
  await feedback[0].delete();
});

it('ends a list of large letters early, says so, and holds none of what they hold', async () => {
  const topic = clients.pubsub.topic(deadLetterTopic);
  const megabytes = 4;
  const large = Array.from({ length: 10 }, (_, i) =>
    topic.publishMessage({ data: Buffer.alloc(megabytes * 1_000_000), attributes: { text: `large ${i}` } }),
  );
  const ids = new Set(await Promise.all(large));
  const [reader] = readers;
  const { letters = [], more } = (await reader?.list()) ?? {};
  expect(more).toBe(true);
  expect(letters.length).toBeLessThan(ids.size);
  expect(letters.every(letter => !('data' in letter))).toBe(true);
  expect((await reader?.open([...ids][6] ?? ''))?.data).toHaveLength(megabytes * 1_000_000);
  expect(textsOf((await reader?.listAll()) ?? [])).toEqual(expect.arrayContaining(['large 0', 'large 9']));
  expect(await reader?.drop(ids)).toBe(ids.size);
  expect((await reader?.listAll())?.some(({ id }) => ids.has(id))).toBe(false);
});

it('passes by all letters once for all who name some, and tells each what became of theirs', async () => {
  const topic = clients.pubsub.topic(deadLetterTopic);
  const send = (text: string) =>
    topic.publishMessage({
      data: Buffer.from(text),
      attributes: { dead_letter_topic: 'elsewhere', text },
    });
  const [first = '', second = ''] = await Promise.all([send('a'), send('b')]);
  const pull = jest.spyOn(v1.SubscriberClient.prototype, 'pull');
  const [reader] = readers;
  const strangers = Array.from({ length: 40 }, (_, i) => reader?.drop(new Set([`unknown ${i}`])));
  const answers = await Promise.allSettled([
    reader?.drop(new Set([first])),
    reader?.replay(new Set([second])),
    reader?.replay(new Set([second])),
    ...strangers,
  ]);
  const pulls = pull.mock.calls.length;
  pull.mockRestore();
  expect(answers.slice(0, 4)).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: expect.objectContaining({ name: 'ConflictError' }) },
    { status: 'rejected', reason: expect.objectContaining({ name: 'ConflictError' }) },
    { status: 'fulfilled', value: 0 },
  ]);
  // A walk each, looked again for, would be 43 times 8 walks of two pulls.
  expect(pulls).toBeLessThan(2 * strangers.length);
  expect(await reader?.drop(new Set([second]))).toBe(1);
});

it('gives up in time where somebody waits, and has not looked through all of them', async () => {
  const [reader] = readers;
  await clients.pubsub.topic(deadLetterTopic).publishMessage({ data: Buffer.from('one of very many') });
  const unknown = new Set(['unknown']);
  await expect(reader?.replay(unknown, 0)).rejects.toThrow('`npm run dead-letters` takes its time');
  expect(await reader?.replay(unknown)).toBe(0);
});
