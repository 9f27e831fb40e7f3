import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareSecret } from '@banknote-loop/local/prepare-cloud';
import { type PubSub, type Secrets, startPubSub, startSecrets } from '@banknote-loop/local-cloud';
import { type Clients, connectClients } from '@banknote-loop/local-cloud/testing';
import { aFeedback, aPrediction, envelopes, type Pushed, until } from '@banknote-loop/testing';
import { type FunctionUnderTest, launchFunction } from '@banknote-loop/testing/function-process';
import { openTestDatabase, type TestDatabase, testPassword } from '@banknote-loop/testing/services';
import { timeOrderedUuid } from '../base/ids.ts';

// The bundle of feedback-to-db stands for all: it is launched as the platform launches it, and nothing around it is
// make-believe.

const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-serve-'));
let database: TestDatabase;
let pubsub: PubSub;
let secrets: Secrets;
let clients: Clients;
let environment: NodeJS.ProcessEnv;
let feedbackToDb: FunctionUnderTest;

beforeAll(async () => {
  [database, pubsub, secrets] = await Promise.all([
    openTestDatabase({ seeded: false }),
    startPubSub(),
    startSecrets({ folder }),
  ]);
  clients = connectClients(pubsub.address);
  await prepareSecret('test', secrets.address, testPassword);
  await Promise.all(['training', 'dead-letter'].map(name => clients.pubsub.createTopic(name)));
  await clients.pubsub.topic('dead-letter').createSubscription('dead-letter');
  environment = {
    PROJECT_ID: 'test',
    PUBSUB_EMULATOR_HOST: pubsub.address,
    SECRET_MANAGER_EMULATOR_HOST: secrets.address,
    ...database.settings,
  };
  feedbackToDb = await launchFunction('feedback-to-db', environment);
  await feedbackToDb.listens();
});

afterAll(async () => {
  await feedbackToDb.kill();
  await clients.close();
  await Promise.all([pubsub.close(), secrets.close(), database.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function pushed(content: unknown, over: Partial<Pushed> = {}): Pushed {
  const data = Buffer.from(JSON.stringify(content));
  return { data, attributes: {}, messageId: timeOrderedUuid(), publishTime: new Date(), ...over };
}

const eventarc = (content: unknown, over?: Partial<Pushed>) => envelopes.eventarc(pushed(content, over));

async function aStoredBatch(): Promise<string> {
  const prediction = aPrediction();
  await database.db.predictions.store({ prediction, created: new Date(0) });
  return prediction.batch_id;
}

/** The next message that comes to dead-letter. */
async function takeDeadLetter() {
  const subscription = clients.subscriber.subscriptionPath('test', 'dead-letter');
  const [{ receivedMessages }] = await clients.subscriber.pull({ subscription, maxMessages: 1 });
  const [received] = receivedMessages ?? [];
  if (!received?.ackId) throw new Error('Nothing came to dead-letter.');
  await clients.subscriber.acknowledge({ subscription, ackIds: [received.ackId] });
  return received.message;
}

it.each(Object.entries(envelopes))('acknowledges a message that comes as %s', async (_form, envelope) => {
  const batch_id = await aStoredBatch();
  expect(await feedbackToDb.push(envelope(pushed(aFeedback({ batch_id }))))).toBe(204);
  expect(await database.db.batches.notes(batch_id)).toMatchObject([{ rating: 1 }, { rating: 1 }]);
});

const json = { 'content-type': 'application/json' };
const message = { messageId: '1', publishTime: '2026-01-01T00:00:00Z' };

it.each<[string, number, string, object]>([
  ['something else', 400, '{"foo":1}', json],
  ['nothing', 400, '', json],
  ['nothing, of no type', 415, '', {}],
  ['text', 415, 'hello', { 'content-type': 'text/plain' }],
  ['a form', 415, 'message[data]=e30=', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['a page', 403, JSON.stringify({ message: { ...message, data: 'e30=' } }), { ...json, origin: 'null' }],
  ['a browser', 403, '{}', { ...json, 'sec-fetch-site': 'same-origin' }],
  ['a message of no type', 415, JSON.stringify({ message: { ...message, data: 'e30=' } }), {}],
  ['broken JSON', 400, '{"message":', json],
  ['malformed base64', 400, JSON.stringify({ message: { ...message, data: '***' } }), json],
  ['thirty megabytes of something else', 413, JSON.stringify({ foo: 'x'.repeat(30_000_000) }), json],
  ['lists in lists in lists', 400, `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, json],
])('answers %s with %i in our own words, and lives on', async (_what, status, body, headers) => {
  const answer = await feedbackToDb.send(body, { ...headers });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ status_text: expect.any(String), message: expect.any(String) });
  expect(await feedbackToDb.push(eventarc(aFeedback({ batch_id: await aStoredBatch() })))).toBe(204);
});

it('keeps an idle connection for longer than a load balancer does, which would lose a request on a closed one', async () => {
  const answer = await feedbackToDb.send('{}', json);
  expect(answer.headers.get('keep-alive')).toBe('timeout=620');
});

it('takes messages by POST only', async () => {
  const answer = await feedbackToDb.send('{}', json, { method: 'PUT' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  expect(await answer.json()).toMatchObject({ status_text: 'Method Not Allowed' });
});

it('acknowledges what can never be processed when dead-letter has it, with the reason', async () => {
  const bad = { ...aFeedback(), ratings: [1, 2] };
  const attributes = { correlation_id: 'x', own: 'kept' };
  expect(await feedbackToDb.push(eventarc(bad, { attributes, messageId: '42', deliveryAttempt: 2 }))).toBe(
    204,
  );
  const letter = await takeDeadLetter();
  expect(JSON.parse(String(letter?.data))).toEqual(bad);
  expect(letter?.attributes).toMatchObject({
    ...attributes,
    dead_letter_function: 'feedback-to-db',
    dead_letter_topic: 'feedback',
    dead_letter_message_id: '42',
    dead_letter_attempts: '2',
    dead_letter_field: 'ratings[1]',
    dead_letter_reason: expect.stringContaining('A rating is 1'),
  });
});

it('asks for another attempt when something is not there yet, until the message is too old', async () => {
  const early = aFeedback();
  expect(await feedbackToDb.push(eventarc(early))).toBe(503);
  const publishTime = new Date(Date.now() - 7 * 86_400_000);
  expect(await feedbackToDb.push(eventarc(early, { publishTime }))).toBe(204);
  expect((await takeDeadLetter())?.attributes?.dead_letter_reason).toMatch(/^Given up after \d+ s: /);
});

it('asks for another attempt when dead-letter does not take what is refused', async () => {
  await clients.pubsub.topic('dead-letter').delete();
  expect(await feedbackToDb.push(eventarc({ foo: 1 }))).toBe(503);
  await clients.pubsub.createTopic('dead-letter');
  expect(await feedbackToDb.push(eventarc({ foo: 1 }))).toBe(204);
});

it('writes a line for each message, and nothing of what is in it', async () => {
  const batch_id = await aStoredBatch();
  const feedback = aFeedback({ batch_id, reviewer: 'a name that nobody should read' });
  await feedbackToDb.push(eventarc(feedback, { messageId: 'the one' }));
  await until('the line is there', () => feedbackToDb.output.some(line => line.includes('"the one"')));
  const line = feedbackToDb.output.find(text => text.includes('"the one"')) ?? '';
  expect(JSON.parse(line)).toMatchObject({
    severity: 'INFO',
    message: 'done',
    function: 'feedback-to-db',
    outcome: 'done',
    event_id: 'the one',
    correlation_id: batch_id,
  });
  expect(feedbackToDb.output.join('\n')).not.toMatch(/nobody should read|only-for-tests/);
});

it('finishes what it has when it is told to stop, takes nothing new, and leaves in peace', async () => {
  const stopping = await (await launchFunction('feedback-to-db', environment)).listens();
  const batch_id = await aStoredBatch();
  const holder = await database.pool.connect();
  await holder.query('begin');
  await holder.query('select from predictions where batch_id = $1 for update', [batch_id]);
  const inHand = stopping.push(eventarc(aFeedback({ batch_id })));
  await until('the message waits for the database', async () => {
    const { rows } = await database.pool.query(
      "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    return rows.length > 0;
  });
  stopping.terminate();
  await until('it takes nothing new', async () => (await stopping.push(eventarc(aFeedback()))) === 503);
  await holder.query('commit');
  holder.release();
  expect(await inHand).toBe(204);
  expect(await stopping.ended).toBe(0);
  expect(await database.db.batches.notes(batch_id)).toMatchObject([{ rating: 1 }, { rating: 1 }]);
});

it('ends at once with one line that names every variable that is missing or malformed', async () => {
  const { DBHOST: _host, ...incomplete } = environment;
  const broken = await launchFunction('feedback-to-db', {
    ...incomplete,
    PROJECT_ID: '',
    DBPORT: 'http',
    LOG_LEVEL: 'loud',
  });
  expect(await broken.ended).toBe(1);
  expect(broken.output).toEqual([
    expect.stringMatching(
      /^feedback-to-db: The environment is not complete: (?=.*PROJECT_ID is missing)(?=.*DBHOST is missing)(?=.*DBPORT is malformed)(?=.*LOG_LEVEL is malformed).*$/,
    ),
  ]);
});
