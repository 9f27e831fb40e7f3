import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type PubSub, startPubSub } from '@banknote-loop/local-cloud';
import { type Clients, connectClients } from '@banknote-loop/local-cloud/testing';
import { deadLetterTopic } from '@banknote-loop/shared/contract';

let pubsub: PubSub;
let clients: Clients;
beforeAll(async () => {
  pubsub = await startPubSub();
  clients = connectClients(pubsub.address);
  await clients.pubsub.createTopic(deadLetterTopic);
  await clients.pubsub.topic(deadLetterTopic).createSubscription(deadLetterTopic, { ackDeadlineSeconds: 60 });
  await clients.pubsub.createTopic('feedback');
  await clients.pubsub.topic('feedback').createSubscription('replayed');
});
afterAll(async () => {
  await clients.close();
  await pubsub.close();
});

/** What the tool writes, and whether it says that something was wrong. */
async function tool(...words: readonly string[]): Promise<{ readonly text: string; readonly ok: boolean }> {
  const env = { PATH: process.env.PATH, PROJECT_ID: 'test', PUBSUB_EMULATOR_HOST: pubsub.address };
  const script = join(import.meta.dirname, 'dead-letters.ts');
  return promisify(execFile)(process.execPath, [script, ...words], { env }).then(
    ({ stdout }) => ({ text: stdout.trim(), ok: true }),
    ({ stderr }) => ({ text: String(stderr).trim(), ok: false }),
  );
}

async function giveUp(text: string, by: string): Promise<void> {
  const attributes = { dead_letter_topic: 'feedback', dead_letter_function: by };
  await clients.pubsub.topic(deadLetterTopic).publishMessage({ data: Buffer.from(text), attributes });
}

async function replayed(): Promise<readonly string[]> {
  const subscription = clients.subscriber.subscriptionPath('test', 'replayed');
  const [{ receivedMessages }] = await clients.subscriber.pull({ subscription, maxMessages: 10 });
  return (receivedMessages ?? []).map(({ message }) => String(message?.data)).toSorted();
}

it('publishes again what was given up since a time, and leaves what was given up before', async () => {
  await giveUp('long ago', 'feedback-to-db');
  const outageBegan = new Date(Date.now() + 1);
  while (new Date() <= outageBegan) await new Promise(setImmediate);
  await giveUp('in the outage', 'feedback-to-db');
  await giveUp('elsewhere', 'training');
  const since = ['--all', '--since', outageBegan.toISOString()];
  expect((await tool('list', ...since)).text).toMatch(/2 dead letters$/);
  expect(await tool('replay', ...since, '--function', 'feedback-to-db')).toEqual({
    text: '1 published again',
    ok: true,
  });
  expect(await replayed()).toEqual(['in the outage']);
  expect(await tool('drop', '--all', '--since', '2d')).toEqual({ text: '2 dropped', ok: true });
  expect((await tool()).text).toBe('0 dead letters');
});

it.each([
  [
    ['replay', '--all', '--since', 'yesterday'],
    /^--since takes a time such as .*, and was given "yesterday"/,
  ],
  [['replay', '--since', '2d'], /^npm run dead-letters/],
  [['drop', '17', '--since', '2d'], /^npm run dead-letters/],
])('does nothing on %j', async (words, said) => {
  expect(await tool(...words)).toEqual({ text: expect.stringMatching(said), ok: false });
});
