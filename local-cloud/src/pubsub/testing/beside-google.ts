// Measures Pub/Sub beside Google's own emulator: `node local-cloud/src/pubsub/testing/beside-google.ts`. Medians of three rounds, in turn.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clients, connectClients } from './clients.ts';
import { findGoogleEmulator, startGoogleEmulator } from './google-emulator.ts';
import { startPushTarget } from './push-target.ts';
import { until } from './until.ts';

interface Running {
  readonly address: string;
  readonly pid: number | undefined;
  close(): Promise<void>;
}

const rounds = 3;
const waiting = 100_000;
const pushes = 5_000;
const data = Buffer.alloc(200, 'x');
const [topic, subscription] = ['projects/test/topics/notes', 'projects/test/subscriptions/notes'];
const [pushTopic, pushSubscription] = [`${topic}-pushed`, `${subscription}-pushed`];

async function startOurs(): Promise<Running> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>(resolve =>
    child.stdout.once('data', bytes => resolve(String(bytes))),
  );
  return {
    address: line.trim().replace('ready ', ''),
    pid: child.pid,
    async close() {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function measure(start: () => Promise<Running>): Promise<Record<string, number>> {
  const startedAt = performance.now();
  const running = await start();
  const startMs = performance.now() - startedAt;
  const clients = connectClients(running.address);
  await clients.publisher.createTopic({ name: topic });
  await clients.subscriber.createSubscription({ name: subscription, topic, ackDeadlineSeconds: 600 });
  const published = await perSecond(waiting, () => publish(clients, topic, waiting));
  const memoryMb = residentMb(running.pid);
  const drained = await perSecond(waiting, () => drain(clients));
  const pushed = await push(clients);
  await clients.close();
  await running.close();
  return { startMs, memoryMb, published, drained, pushed };
}

async function publish({ publisher }: Clients, to: string, count: number): Promise<void> {
  const messages = Array.from({ length: 100 }, () => ({ data }));
  for (let sent = 0; sent < count; sent += 5000) {
    await Promise.all(Array.from({ length: 50 }, () => publisher.publish({ topic: to, messages })));
  }
}

async function drain({ pubsub }: Clients): Promise<void> {
  const subscriber = pubsub.subscription(subscription, { flowControl: { maxMessages: 5000 } });
  let received = 0;
  subscriber.on('message', message => {
    message.ack();
    received += 1;
  });
  await until('all are drained', () => received >= waiting, 120_000);
  await subscriber.close();
}

async function push(clients: Clients): Promise<number> {
  const target = await startPushTarget();
  await clients.publisher.createTopic({ name: pushTopic });
  const pushConfig = { pushEndpoint: target.url };
  await clients.subscriber.createSubscription({ name: pushSubscription, topic: pushTopic, pushConfig });
  const speed = await perSecond(pushes, async () => {
    await publish(clients, pushTopic, pushes);
    await until('all are pushed', () => target.received.length >= pushes, 120_000);
  });
  await target.close();
  return speed;
}

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (count * 1000) / (performance.now() - start);
}

/** Linux only; elsewhere it is not known. */
function residentMb(pid: number | undefined): number {
  if (process.platform !== 'linux') return Number.NaN;
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

function medians(results: readonly Record<string, number>[]): Record<string, number> {
  const median = (name: string) => {
    const sorted = results.map(result => result[name] ?? Number.NaN).sort((a, b) => a - b);
    return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
  };
  return Object.fromEntries(Object.keys(results[0] ?? {}).map(name => [name, median(name)]));
}

const launcher = findGoogleEmulator();
const ours: Record<string, number>[] = [];
const googles: Record<string, number>[] = [];
for (let round = 0; round < rounds; round += 1) {
  ours.push(await measure(startOurs));
  if (launcher !== undefined) googles.push(await measure(() => startGoogleEmulator(launcher)));
}
console.table({
  ours: medians(ours),
  ...(launcher !== undefined && { "Google's emulator": medians(googles) }),
});
