import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type PubSub, startPubSub } from './server.ts';
import { type Clients, connectClients } from './testing/clients.ts';
import { type PushTarget, startPushTarget } from './testing/push-target.ts';
import { until } from './testing/until.ts';

const topic = 'projects/test/topics/notes';
const subscription = 'projects/test/subscriptions/notes';

let dataFolder: string;
let cleanups: (() => Promise<unknown>)[];
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'pubsub-'));
  cleanups = [];
});
afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  rmSync(dataFolder, { recursive: true, force: true });
});

async function startServer(): Promise<PubSub> {
  const pubsub = await startPubSub({ dataFolder });
  cleanups.push(() => pubsub.close());
  return pubsub;
}

function connect(address: string): Clients {
  const clients = connectClients(address);
  cleanups.push(() => clients.close());
  return clients;
}

async function startTarget(statusFor?: () => number | undefined): Promise<PushTarget> {
  const target = await startPushTarget(statusFor);
  cleanups.push(() => target.close());
  return target;
}

async function createPushSubscription(
  { publisher, subscriber }: Clients,
  pushEndpoint: string,
): Promise<void> {
  await publisher.createTopic({ name: topic });
  await subscriber.createSubscription({ name: subscription, topic, pushConfig: { pushEndpoint } });
}

const publish = ({ publisher }: Clients, text: string) =>
  publisher.publish({ topic, messages: [{ data: Buffer.from(text) }] });
const textsOf = ({ received }: PushTarget) =>
  received.map(({ body }) => Buffer.from(String(body.message.data), 'base64').toString());

/** A certificate for this machine; undefined where there is no openssl to make one. */
function makeCertificate(): { readonly folder: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const { status } = spawnSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
    ],
    { stdio: 'ignore' },
  );
  afterAll(() => rmSync(folder, { recursive: true }));
  return status === 0 ? { folder } : undefined;
}

it('pushes a message as an event whatever its publisher calls a traceparent', async () => {
  const { address } = await startServer();
  const clients = connect(address);
  const target = await startTarget();
  await createPushSubscription(clients, `${target.url}/?__GCP_CloudEventsMode=CUSTOM_PUBSUB_notes`);
  const odd = ['two\r\nlines', 'é', '00-1-2-00'];
  const messages = odd.map(traceparent => ({ data: Buffer.from('a'), attributes: { traceparent } }));
  await clients.publisher.publish({ topic, messages });
  await until('all are pushed', () => target.received.length === odd.length);
  expect(target.received.map(({ headers }) => headers.traceparent ?? null).toSorted()).toEqual(
    ['00-1-2-00', null, null].toSorted(),
  );
});

it('delivers after a restart what was under way before it', async () => {
  let isSilent = true;
  const target = await startTarget(() => (isSilent ? undefined : 204));
  const first = await startPubSub({ dataFolder });
  const before = connect(first.address);
  await createPushSubscription(before, target.url);
  await publish(before, 'patience');
  await until('the push is under way', () => target.received.length === 1);
  expect(first.stats()).toMatchObject([{ name: subscription, undelivered: 1, delivered: 1, acked: 0 }]);
  await first.close();

  isSilent = false;
  const second = await startServer();
  await until('it is delivered again', () => target.received.length === 2);
  await until('it is acknowledged', () => second.stats()[0]?.undelivered === 0);
  expect(textsOf(target)).toEqual(['patience', 'patience']);
});

it('remembers snapshots, and what was acknowledged, over a restart', async () => {
  const first = await startPubSub({ dataFolder });
  const before = connect(first.address);
  await before.publisher.createTopic({ name: topic, messageRetentionDuration: { seconds: 3600 } });
  await before.subscriber.createSubscription({ name: subscription, topic, retainAckedMessages: true });
  await publish(before, 'kept');
  const snapshot = 'projects/test/snapshots/notes';
  await before.subscriber.createSnapshot({ name: snapshot, subscription });
  const pullAndAck = async ({ subscriber }: Clients) => {
    const [{ receivedMessages }] = await subscriber.pull({ subscription, maxMessages: 10 });
    await subscriber.acknowledge({ subscription, ackIds: receivedMessages?.map(({ ackId }) => ackId ?? '') });
    return receivedMessages?.map(({ message }) => String(message?.data));
  };
  expect(await pullAndAck(before)).toEqual(['kept']);
  await first.close();

  // Twice, because the first start writes the journal anew.
  await (await startPubSub({ dataFolder })).close();
  const second = await startServer();
  const after = connect(second.address);
  expect(second.stats()[0]?.undelivered).toBe(0);
  await after.subscriber.seek({ subscription, snapshot });
  expect(await pullAndAck(after)).toEqual(['kept']);
  await after.subscriber.seek({ subscription, time: { seconds: 0 } });
  expect(await pullAndAck(after)).toEqual(['kept']);
  const late = `${subscription}-late`;
  await after.subscriber.createSubscription({ name: late, topic });
  await after.subscriber.seek({ subscription: late, time: { seconds: 0 } });
  expect(second.stats().find(({ name }) => name === late)?.undelivered).toBe(1);
});

it('starts again with subscriptions that were detached, or have lost their topic', async () => {
  const first = await startPubSub({ dataFolder });
  const before = connect(first.address);
  await before.publisher.createTopic({ name: topic });
  for (const name of [subscription, `${subscription}-2`]) {
    await before.subscriber.createSubscription({ name, topic });
  }
  await before.publisher.detachSubscription({ subscription });
  await before.publisher.deleteTopic({ topic });
  await first.close();
  await (await startPubSub({ dataFolder })).close();
  const { subscriber } = connect((await startServer()).address);
  expect((await subscriber.getSubscription({ subscription }))[0]).toMatchObject({
    detached: true,
    topic: '_deleted-topic_',
  });
});

it('loses the answers of pushes on demand, and delivers them all the same', async () => {
  const target = await startTarget();
  const pubsub = await startServer();
  const clients = connect(pubsub.address);
  await createPushSubscription(clients, target.url);
  pubsub.faults.failPush = 1;
  await publish(clients, 'again');
  await until('an answer is lost', () => pubsub.injected.failPush > 0);
  pubsub.faults.failPush = 0;
  await until('it is acknowledged', () => pubsub.stats()[0]?.acked === 1);
  expect(target.received.length).toBe(pubsub.injected.failPush + 1);
});

it('is not held up by a message that always fails', async () => {
  const target = await startPushTarget(({ body }) => (body.message.data === 'cG9pc29u' ? 500 : 204));
  cleanups.push(() => target.close());
  const pubsub = await startServer();
  const clients = connect(pubsub.address);
  await createPushSubscription(clients, target.url);
  await publish(clients, 'poison');
  for (let number = 0; number < 50; number += 1) await publish(clients, `good ${number}`);
  await until('all the others are acknowledged', () => pubsub.stats()[0]?.acked === 50);
  expect(pubsub.stats()[0]?.undelivered).toBe(1);
});

describe('as a process of its own', () => {
  async function startProcess(
    environment: Record<string, string> = {},
  ): Promise<{ process: ChildProcess; address: string }> {
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, [main, '--data', dataFolder], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    cleanups.push(async () => child.kill('SIGKILL'));
    for await (const line of createInterface({ input: child.stdout })) {
      return { process: child, address: line.replace('ready ', '') };
    }
    throw new Error('The process ended before it was ready.');
  }
  const ended = (child: ChildProcess) => new Promise<number | null>(resolve => child.once('exit', resolve));

  it('keeps every publish that was answered, even when it is killed', async () => {
    const target = await startTarget(() => 503);
    const { process: victim, address } = await startProcess();
    const clients = connect(address);
    await createPushSubscription(clients, target.url);
    const answered: string[] = [];
    const end = ended(victim);
    let isAlive = true;
    const publishing = Promise.allSettled(
      Array.from({ length: 8 }, async (_, lane) => {
        for (let number = 0; isAlive; number += 1) {
          await clients.publisher.publish(
            { topic, messages: [{ data: Buffer.from(`${lane}-${number}`) }] },
            { retry: null, timeout: 2000 },
          );
          answered.push(`${lane}-${number}`);
        }
      }),
    );
    await until('publishing is well under way', () => answered.length > 200);
    victim.kill('SIGKILL');
    await end;
    isAlive = false;
    await publishing;

    const revived = await startServer();
    const good = await startTarget();
    const { subscriber } = connect(revived.address);
    await subscriber.modifyPushConfig({ subscription, pushConfig: { pushEndpoint: good.url } });
    await until('all are acknowledged', () => revived.stats()[0]?.undelivered === 0);
    expect(answered.filter(text => !textsOf(good).includes(text))).toEqual([]);
  });

  const certificate = makeCertificate();
  const overTls = certificate === undefined ? it.skip : it;
  overTls('pushes over https, too (needs openssl)', async () => {
    const { folder = '' } = certificate ?? {};
    const received: string[] = [];
    const target = createServer(
      { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) },
      async (request, response) => {
        received.push(Buffer.concat(await request.toArray()).toString());
        response.writeHead(204).end();
      },
    );
    await new Promise<void>(resolve => target.listen(0, '127.0.0.1', resolve));
    cleanups.push(async () => target.close());
    cleanups.push(async () => target.closeAllConnections());
    const { address } = await startProcess({ NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') });
    const clients = connect(address);
    const listening = target.address();
    if (listening === null || typeof listening === 'string') throw new Error('The target does not listen.');
    await createPushSubscription(clients, `https://127.0.0.1:${listening.port}/`);
    await publish(clients, 'secret');
    await until('the push has come', () => received.length > 0);
    expect(received[0]).toContain(Buffer.from('secret').toString('base64'));
  });

  it('ends cleanly when it is asked to', async () => {
    const { process: child } = await startProcess();
    const end = ended(child);
    child.kill('SIGTERM');
    expect(await end).toBe(0);
  });
});
