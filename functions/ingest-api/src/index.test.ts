import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type PubSub, startPubSub } from '@banknote-loop/local-cloud';
import { type Clients, connectClients } from '@banknote-loop/local-cloud/testing';
import { acceptedNotes, requestMessage, separateBatches } from '@banknote-loop/shared/contract';
import { aNote, until } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { type FunctionUnderTest, launchFunction } from '@banknote-loop/testing/function-process';

let pubsub: PubSub;
let clients: Clients;
let ingestApi: FunctionUnderTest;

beforeAll(async () => {
  pubsub = await startPubSub();
  clients = connectClients(pubsub.address);
  await clients.pubsub.createTopic('request');
  await clients.pubsub.topic('request').createSubscription('request');
  ingestApi = await launchFunction('ingest-api', {
    PROJECT_ID: 'test',
    PUBSUB_EMULATOR_HOST: pubsub.address,
    // Asked for, but needed only to count the requests of a caller.
    REDISHOST: '127.0.0.1',
  });
  await ingestApi.listens();
});

afterAll(async () => {
  await ingestApi.kill();
  await clients.close();
  await pubsub.close();
});

const notes = { subjects: ['a', 'b'], features: [aNote(1), aNote(2)] };

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return ingestApi.send(
    JSON.stringify(body),
    { 'content-type': 'application/json', ...headers },
    { path: '/notes' },
  );
}

async function takeRequest() {
  const subscription = clients.subscriber.subscriptionPath('test', 'request');
  const [{ receivedMessages }] = await clients.subscriber.pull({ subscription, maxMessages: 1 });
  const [received] = receivedMessages ?? [];
  if (!received?.ackId) throw new Error('Nothing came to request.');
  await clients.subscriber.acknowledge({ subscription, ackIds: [received.ackId] });
  return { attributes: received.message?.attributes, data: JSON.parse(String(received.message?.data)) };
}

it('takes notes in, and says where their answers will be', async () => {
  const response = await post(notes);
  const { batch_id, result } = acceptedNotes(banknotes).parse(await response.json());
  expect([response.status, response.headers.get('location'), result]).toEqual([
    202,
    `/batches/${batch_id}`,
    `/batches/${batch_id}`,
  ]);
  const { data, attributes } = await takeRequest();
  expect(requestMessage(banknotes).parse(data)).toEqual({ batch_id, ...notes });
  expect(attributes).toMatchObject({ correlation_id: batch_id, 'ce-type': 'banknote-loop.request.v1' });
});

it('gives a batch that comes twice under one key one id', async () => {
  const headers = { 'idempotency-key': 'once' };
  const [first, second] = [await post(notes, headers), await post(notes, headers)];
  expect(await second.json()).toEqual(await first.json());
  expect((await takeRequest()).data).toEqual((await takeRequest()).data);
});

it.each([
  [{ ...notes, features: [aNote(1)] }, 'features'],
  [{ ...notes, features: [aNote(1), [1, 2, 3]] }, 'features[1]'],
  [{ ...notes, subjects: ['a', ''] }, 'subjects[1]'],
])('refuses what the contract refuses, and says where it is', async (body, field) => {
  const response = await post(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ status_text: 'Bad Request', field });
});

it('answers the notes that it took, with a slash at the end of the path, too', async () => {
  const response = await ingestApi.send(
    JSON.stringify(notes),
    { 'content-type': 'application/json' },
    { path: '/notes/' },
  );
  expect(response.status).toBe(202);
  expect(await response.json()).toMatchObject(notes);
  await takeRequest();
});

/** Stands before a port, and lets nothing through until it is opened. */
async function shutGate(port: number) {
  const gate = Promise.withResolvers<void>();
  const server = createServer(async incoming => {
    incoming.on('error', () => {});
    await gate.promise;
    const onward = connect(port, '127.0.0.1').on('error', () => {});
    incoming.pipe(onward).pipe(incoming);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${own}`, open: () => gate.resolve(), close: () => server.close() };
}

it('turns away at once what is more than it can publish, and loses nothing of what it accepts', async () => {
  const gate = await shutGate(pubsub.port);
  const busy = await launchFunction('ingest-api', { PROJECT_ID: 'test', PUBSUB_EMULATOR_HOST: gate.address });
  await busy.listens();
  const answers: Response[] = [];
  const all = Array.from({ length: 600 }, async () => {
    const body = JSON.stringify({ subjects: ['a'], features: [aNote(1)] });
    const answer = await busy.send(body, { 'content-type': 'application/json' }, { path: '/notes' });
    answers.push(answer);
    return answer;
  });
  // Pub/Sub has heard of nothing yet.
  await until('those above the limit are answered', () => answers.length === 88);
  expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(
    answers.map(() => [503, '1']),
  );
  gate.open();
  const accepted = (await Promise.all(all)).filter(({ status }) => status === 202);
  expect(accepted).toHaveLength(512);
  const ids = await Promise.all(
    accepted.map(async answer => acceptedNotes(banknotes).parse(await answer.json()).batch_id),
  );
  const published: string[] = [];
  while (published.length < ids.length) {
    const { data } = await takeRequest();
    published.push(...separateBatches(requestMessage(banknotes).parse(data)).map(({ batch_id }) => batch_id));
  }
  expect(published.toSorted()).toEqual(ids.toSorted());
  gate.close();
  await busy.kill();
});
