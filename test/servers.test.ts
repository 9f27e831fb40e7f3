import { rmSync } from 'node:fs';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import { acceptedNotes } from '@banknote-loop/shared/contract';
import { findDifferences } from '@banknote-loop/shared/rebuild';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { openRecords, type Records } from '@banknote-loop/testing/traffic/records';

// The servers of the laptop, each in a process of its own, as `npm start` runs them. One after the other is killed while
// notes come in: what has been accepted is predicted and stored, and the loop goes on.

const folder = makeTempFolder();
const said: string[] = [];
let loop: Loop;
let records: Records;
beforeAll(async () => {
  loop = await startLoop({
    folder,
    port: 0,
    durable: false,
    backoff: { minSeconds: 0.05, maxSeconds: 1 },
    given: {},
    lookAfter: true,
    on: { print: line => said.push(line) },
  });
  records = await openRecords(loop.environment);
});
afterAll(async () => {
  await records.close();
  await loop.stop();
  rmSync(folder, { recursive: true, force: true });
});

const accepted = new Set<string>();

/** Sends a note, again and again until it is accepted: a caller who is told to come again does so. */
async function send(subject: string): Promise<void> {
  const body = JSON.stringify({ subjects: [subject], features: [[3.6, 8.7, -2.8, -0.4]] });
  const headers = { 'content-type': 'application/json', 'idempotency-key': subject };
  const post = () => fetch(`${loop.url}/notes`, { method: 'POST', headers, body }).catch(() => undefined);
  await until(
    `${subject} is accepted`,
    async () => {
      const answer = await post();
      if (answer?.status !== 202) return false;
      accepted.add(acceptedNotes(banknotes).parse(await answer.json()).batch_id);
      return true;
    },
    60_000,
  );
}

async function storedBatches(): Promise<ReadonlySet<string>> {
  const { rows } = await records.pool
    .query('select distinct batch_id from predictions')
    .catch(() => ({ rows: [] }));
  return new Set(rows.map(({ batch_id }) => batch_id));
}

it.each(['PostgreSQL', 'Redis', 'Pub/Sub, Cloud Storage and Secret Manager'])(
  'loses nothing when %s is killed',
  async name => {
    const { postgres, redis, cloud } = loop.services;
    const server = { PostgreSQL: postgres, Redis: redis }[name] ?? cloud;
    if (!server) throw new Error('The loop runs its servers itself.');
    const before = Array.from({ length: 10 }, (_, i) => send(`before ${name} ${i}`));
    await before[0];
    await server.kill();
    await Promise.all([...before, ...Array.from({ length: 10 }, (_, i) => send(`after ${name} ${i}`))]);
    await until(
      'all that was accepted is stored',
      async () => {
        const stored = await storedBatches();
        return [...accepted].every(id => stored.has(id));
      },
      90_000,
    );
    expect(said.filter(line => line.includes(name))).toEqual([
      expect.stringMatching(/has ended and is started again$/),
    ]);
    const answer = await fetch(`${loop.url}/predict?variance=3.6&skewness=8.7&curtosis=-2.8&entropy=-0.4`);
    expect(answer.status).toBe(200);
  },
  200_000,
);

it('has the same in Redis as in PostgreSQL afterwards', async () => {
  await until(
    'Redis holds what PostgreSQL says',
    async () => {
      const differences = await findDifferences(records.cache, records.db).catch(() => ['not yet']);
      return differences.length === 0;
    },
    60_000,
  );
});
