import { findFreePort } from '@banknote-loop/local/ports';
import { type PubSub, startPubSub } from '@banknote-loop/local-cloud';
import { type Clients, connectClients } from '@banknote-loop/local-cloud/testing';
import { failureOf } from '@banknote-loop/testing';
import { classify } from '../base/errors.ts';
import { openPublisher, type Publisher } from './publisher.ts';

let pubsub: PubSub;
let clients: Clients;
let publisher: Publisher;
beforeAll(async () => {
  pubsub = await startPubSub();
  clients = connectClients(pubsub.address);
  await clients.pubsub.createTopic('job');
  await clients.pubsub.topic('job').createSubscription('job');
  publisher = await openPublisher({ PROJECT_ID: 'test', PUBSUB_EMULATOR_HOST: pubsub.address });
});
afterAll(async () => {
  await publisher.close();
  await clients.close();
  await pubsub.close();
});

it('answers with the id of a message when Pub/Sub has it', async () => {
  const id = await publisher.send('job', Buffer.from('{}'), { correlation_id: 'x' });
  const subscription = clients.subscriber.subscriptionPath('test', 'job');
  const [{ receivedMessages }] = await clients.subscriber.pull({ subscription, maxMessages: 10 });
  expect(receivedMessages).toMatchObject([
    { message: { messageId: id, attributes: { correlation_id: 'x' } } },
  ]);
});

it('refuses for ever what is larger than Pub/Sub takes, and sends what just fits', async () => {
  const error = await failureOf(publisher.send('job', Buffer.alloc(10_000_000), {}));
  expect(error).toMatchObject({
    message: 'The message for job would have 10.0 MB, and Pub/Sub takes 10 MB at most.',
  });
  expect(classify(error)).toBe('permanent');
  await publisher.send('job', Buffer.alloc(9_900_000), {});
});

it('takes a missing topic for one that will be there later', async () => {
  expect(classify(await failureOf(publisher.send('none', Buffer.from('{}'), {})))).toBe('transient');
});

it('fails, for another attempt, when Pub/Sub is away', async () => {
  const PUBSUB_EMULATOR_HOST = `127.0.0.1:${await findFreePort()}`;
  const lonely = await openPublisher({ PROJECT_ID: 'test', PUBSUB_EMULATOR_HOST });
  expect(classify(await failureOf(lonely.send('job', Buffer.from('{}'), {})))).toBe('transient');
  await lonely.close();
});
