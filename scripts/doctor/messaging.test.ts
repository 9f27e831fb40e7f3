import { prepareMessaging } from '@banknote-loop/local/prepare-cloud';
import { type PubSub as LocalPubSub, startPubSub } from '@banknote-loop/local-cloud';
import { topics } from '@banknote-loop/shared/contract';
import { defineFunction } from '@banknote-loop/shared/function';
import { PubSub } from '@google-cloud/pubsub';
import { inspectMessaging } from './messaging.ts';

const projectId = 'inspected';
const example = defineFunction({
  name: 'example',
  summary: 'Does nothing.',
  on: topics.request,
  publishes: [topics.prediction],
  handle: async () => ({}),
});

let server: LocalPubSub;
let client: PubSub;
beforeAll(async () => {
  server = await startPubSub();
  Object.assign(process.env, { PUBSUB_EMULATOR_HOST: server.address, METADATA_SERVER_DETECTION: 'none' });
  client = new PubSub({ projectId });
});
afterAll(async () => {
  await client.close();
  await server.close();
});

it('says what is missing', async () => {
  expect(await inspectMessaging(projectId, [example])).toEqual([
    'There is no topic request.',
    'There is no topic prediction.',
    'There is no topic dead-letter.',
    'No subscription brings the topic request to example.',
    'No subscription holds what reaches the topic dead-letter.',
  ]);
});

it('finds nothing wrong with what the runner prepares', async () => {
  const backoff = { minSeconds: 1, maxSeconds: 60 };
  await prepareMessaging(projectId, [{ definition: example, port: 1 }], backoff);
  expect(await inspectMessaging(projectId, [example])).toEqual([]);
});

it('says which policy a subscription lacks', async () => {
  await client.subscription('example').delete();
  await client.topic('request').createSubscription('example', {
    pushConfig: { pushEndpoint: 'http://127.0.0.1:1/' },
  });
  expect(await inspectMessaging(projectId, [example])).toEqual([
    'The subscription of example has no dead-letter topic.',
    'The subscription of example gives up after no attempts instead of 100.',
    'The subscription of example delivers again at once instead of later and later.',
  ]);
});
