import { prepareMessaging } from '@banknote-loop/local/prepare-cloud';
import { type PubSub as LocalPubSub, startPubSub } from '@banknote-loop/local-cloud';
import { topics } from '@banknote-loop/shared/contract';
import { defineFunction } from '@banknote-loop/shared/function';
import {
  clientOptions,
  openDeadLetters,
  openPublisher,
  type PubSubAddress,
} from '@banknote-loop/shared/pubsub';
import { PubSub } from '@google-cloud/pubsub';
import { inspectMessaging } from './messaging.ts';

const example = defineFunction({
  name: 'example',
  summary: 'Does nothing.',
  on: topics.request,
  publishes: [topics.prediction],
  handle: async () => ({}),
});

let server: LocalPubSub;
let client: PubSub;
let address: PubSubAddress;
beforeAll(async () => {
  server = await startPubSub();
  process.env.METADATA_SERVER_DETECTION = 'none';
  address = { PROJECT_ID: 'inspected', PUBSUB_EMULATOR_HOST: server.address };
  client = new PubSub(clientOptions(address));
});
afterAll(async () => {
  await client.close();
  await server.close();
});

it('says what is missing', async () => {
  expect(await inspectMessaging(address, [example])).toEqual([
    'There is no topic request.',
    'There is no topic prediction.',
    'There is no topic dead-letter.',
    'No subscription brings the topic request to example.',
    'No subscription holds what reaches the topic dead-letter.',
  ]);
});

it('finds nothing wrong with what the runner prepares', async () => {
  const backoff = { minSeconds: 1, maxSeconds: 60 };
  await prepareMessaging(address, [{ definition: example, port: 1 }], backoff);
  expect(await inspectMessaging(address, [example])).toEqual([]);
});

it('says which policy a subscription lacks', async () => {
  await client.subscription('example').delete();
  await client.topic('request').createSubscription('example', {
    pushConfig: { pushEndpoint: 'http://127.0.0.1:1/' },
  });
  expect(await inspectMessaging(address, [example])).toEqual([
    'The subscription of example has no dead-letter topic.',
    'The subscription of example gives up after no attempts instead of 100.',
    'The subscription of example delivers again at once instead of later and later.',
  ]);
});

it('keeps the topics of two loops in one project apart', async () => {
  const wines = { ...address, TOPIC_PREFIX: 'wine-' };
  const missing = await inspectMessaging(wines, [example]);
  expect(missing).toContain('There is no topic wine-request.');
  expect(missing).toContain('No subscription brings the topic wine-request to example.');
  await prepareMessaging(wines, [{ definition: example, port: 2 }], { minSeconds: 1, maxSeconds: 60 });
  expect(await inspectMessaging(wines, [example])).toEqual([]);
  const [subscriptions] = await client.getSubscriptions();
  expect(subscriptions.map(({ name }) => name.split('/').at(-1)).toSorted()).toEqual([
    'dead-letter',
    'example',
    'wine-dead-letter',
    'wine-example',
  ]);

  const [own, other] = await Promise.all([openPublisher(wines), openPublisher(address)]);
  await other.send('dead-letter', Buffer.from('"a note"'), {});
  await own.send('dead-letter', Buffer.from('"a wine"'), {});
  const held = await openDeadLetters(wines);
  const [letter, ...others] = await held.listAll();
  expect(others).toEqual([]);
  expect((await held.open(letter?.id ?? ''))?.data.toString()).toBe('"a wine"');
  await Promise.all([own.close(), other.close(), held.close()]);
});
