import type { Loop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import { seededRandom } from '@banknote-loop/shared/learning';
import type { BatchMaker } from '@banknote-loop/testing/traffic/batches';
import type { Outside } from '@banknote-loop/testing/traffic/outside';
import type { Records } from '@banknote-loop/testing/traffic/records';
import { readNotes } from '@banknote-loop/testing/traffic/stored-rows';
import { auditNotes, type Violation } from './audit.ts';
import { type Peaks, watchMemory } from './memory.ts';
import type { RestartablePubSub } from './pubsub.ts';

export interface Overload {
  readonly messages: number;
  readonly seconds: number;
  /** Messages a second, from the first published to the last stored. */
  readonly throughput: number;
  readonly redeliveries: number;
  readonly peaks: Peaks;
  /** The median time from a note's publication to its row, with nothing else to do: before the burst and after. */
  readonly latencyMs: Readonly<Record<'before' | 'after', number>>;
  readonly findings: readonly Violation[];
}

interface Scene {
  readonly traffic: BatchMaker;
  readonly loop: Loop;
  readonly pubsub: RestartablePubSub;
  readonly outside: Outside;
  readonly records: Records;
}

const deadlineMs = 300_000;
const probes = 21;

/** Publishes far more at once than one instance of each function can take, and watches how they bear it. */
export async function overload(messages: number, seed: number, scene: Scene): Promise<Overload> {
  const { traffic, loop, pubsub, outside, records } = scene;
  const random = seededRandom(seed);
  const batches = Array.from({ length: messages }, (_, i) =>
    traffic.makeBatch(`seed ${seed}, burst ${i}`, 1, random),
  );
  const before = await medianLatency(`seed ${seed}, before`, scene);
  const redeliveriesBefore = pubsub.redeliveries;
  const peaksOf = watchMemory(loop);

  const startedAt = performance.now();
  await Promise.all(batches.map(batch => outside.publish('request', batch)));
  await until('the burst is through', () => pubsub.undelivered === 0, deadlineMs);
  const seconds = (performance.now() - startedAt) / 1000;

  const peaks = peaksOf();
  const redeliveries = pubsub.redeliveries - redeliveriesBefore;
  const after = await medianLatency(`seed ${seed}, after`, scene);
  const notes = await readNotes(
    traffic.dataSet,
    records.pool,
    batches.map(({ batch_id }) => batch_id),
  );
  return {
    messages,
    seconds,
    throughput: messages / seconds,
    redeliveries,
    peaks,
    latencyMs: { before, after },
    findings: auditNotes(batches, notes),
  };
}

async function medianLatency(name: string, { traffic, outside, records }: Scene): Promise<number> {
  const random = seededRandom(1);
  const times: number[] = [];
  for (let i = 0; i < probes; i += 1) {
    const batch = traffic.makeBatch(`${name} ${i}`, 1, random);
    const startedAt = performance.now();
    await outside.publish('request', batch);
    await until(
      'the note is stored',
      async () => (await readNotes(traffic.dataSet, records.pool, [batch.batch_id])).length > 0,
    );
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[Math.floor(probes / 2)] ?? Number.NaN;
}
