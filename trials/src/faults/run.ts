import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startLoop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import type { FoundDataSet } from '@banknote-loop/shared/data-set/files';
import { seededRandom } from '@banknote-loop/shared/learning';
import { findDifferences, rebuildCache } from '@banknote-loop/shared/rebuild';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { AnswerKey } from '@banknote-loop/testing/traffic/answers';
import { type BatchMaker, readTraffic } from '@banknote-loop/testing/traffic/batches';
import { Outside } from '@banknote-loop/testing/traffic/outside';
import { openRecords, type Records } from '@banknote-loop/testing/traffic/records';
import { readLessons, readNotes } from '@banknote-loop/testing/traffic/stored-rows';
import {
  auditAnswers,
  auditDeadLetters,
  auditLessons,
  auditNotes,
  auditRatings,
  type Violation,
} from './audit.ts';
import { drive } from './driver.ts';
import { type Fault, type FaultTarget, faults } from './faults.ts';
import { Ledger } from './ledger.ts';
import { type Overload, overload } from './overload.ts';
import { RestartablePubSub } from './pubsub.ts';
import { planTraffic } from './traffic-plan.ts';

export interface FaultOptions {
  /** Whose items are sent; banknotes, if nothing else is said. */
  readonly dataSet?: FoundDataSet;
  readonly notes: number;
  readonly ratings: number;
  readonly seconds: number;
  readonly seed: number;
  /** So many messages of one note each are published at once when all else is over; 0 for none. */
  readonly burst: number;
  readonly print: (line: string) => void;
}

export interface FaultReport {
  readonly sent: Readonly<
    Record<'batches' | 'notes' | 'ratings' | 'malformed' | 'publishes repeated', number>
  >;
  readonly injected: Readonly<Record<string, number>>;
  readonly redeliveries: number;
  readonly drainSeconds: number;
  readonly models: number;
  readonly findings: readonly Violation[];
  readonly overload: Overload | undefined;
}

const malformedShare = 0.05;
const drainDeadlineMs = 180_000;
// All of it, together, takes longer than any fault of the suite lasts; each attempt comes soon.
const backoff = { minSeconds: 0.1, maxSeconds: 4 };

/** Runs the loop under every fault, each for itself and then all together, and audits what became of every message. */
export async function runFaults(options: FaultOptions): Promise<FaultReport> {
  const folder = makeTempFolder();
  const pubsub = await RestartablePubSub.start(join(folder, 'pubsub'));
  try {
    const given = { PUBSUB_EMULATOR_HOST: pubsub.address };
    const { dataSet } = options;
    const traffic = await readTraffic(dataSet);
    const loop = await startLoop({ folder, dataSet, port: 0, durable: true, backoff, given });
    const outside = new Outside(loop.environment);
    const records = await openRecords(loop.environment);
    try {
      return await run(options, { traffic, loop, pubsub, records, outside });
    } finally {
      await Promise.all([outside.close(), records.close()]);
      await loop.stop();
    }
  } finally {
    await pubsub.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scene extends Pick<FaultTarget, 'loop' | 'pubsub' | 'records'> {
  readonly traffic: BatchMaker;
  readonly outside: Outside;
}

async function run(options: FaultOptions, scene: Scene): Promise<FaultReport> {
  const { traffic, loop, pubsub, records, outside } = scene;
  const { notes, ratings, seconds, seed, print } = options;
  const injected: Record<string, number> = {};
  const count = (what: string): void => {
    injected[what] = (injected[what] ?? 0) + 1;
  };
  const plan = planTraffic(
    { traffic, name: `seed ${seed}`, notes, ratings, malformed: malformedShare },
    seededRandom(seed),
  );
  const ledger = new Ledger();
  const driving = drive(plan, seconds, outside, ledger);
  await stageFaults({ ...scene, random: seededRandom(seed + 1), count }, seconds, print);
  await driving;

  print('the faults are over: waiting for the queues to drain');
  const drainSeconds = await drain(scene);
  const findings = await audit(ledger, scene);
  const burst = options.burst > 0 ? await overload(options.burst, seed, scene) : undefined;
  return {
    sent: {
      batches: ledger.batches.length,
      notes: ledger.notes,
      ratings: ledger.ratings.length,
      malformed: ledger.malformed.length,
      'publishes repeated': outside.publishesRepeated,
    },
    injected: { ...pubsub.injected, ...injected, 'bucket answers 503': loop.services.storage?.injected ?? 0 },
    redeliveries: pubsub.redeliveries,
    drainSeconds,
    models: (await records.db.jobs.newest(10_000)).length,
    findings: [...findings, ...(burst?.findings ?? [])],
    overload: burst,
  };
}

/** Each fault has its time alone; then all have as much again, twice over, together. */
async function stageFaults(
  target: FaultTarget,
  seconds: number,
  print: (line: string) => void,
): Promise<void> {
  const share = (seconds * 1000) / (faults.length + 2);
  for (const fault of faults) await stage([fault], fault.name, share);
  await stage(faults, 'all of these together', 2 * share);

  async function stage(some: readonly Fault[], name: string, ms: number): Promise<void> {
    print(name);
    const enough = AbortSignal.timeout(ms);
    await Promise.all(some.map(fault => fault.run(target, enough)));
  }
}

async function drain({ pubsub }: Scene): Promise<number> {
  const startedAt = performance.now();
  await until('the queues are empty', () => pubsub.undelivered === 0, drainDeadlineMs);
  return (performance.now() - startedAt) / 1000;
}

async function audit(
  ledger: Ledger,
  { traffic: { dataSet }, records, outside }: Scene,
): Promise<Violation[]> {
  const ids = ledger.batches.map(({ batch_id }) => batch_id);
  const notes = await readNotes(dataSet, records.pool, ids);
  const lessons = await readLessons(records.pool, ids);
  return [
    ...auditNotes(ledger.batches, notes),
    ...(await auditAnswers(notes, new AnswerKey(records.store, dataSet))),
    ...auditRatings(ledger.ratings, notes),
    ...auditLessons(dataSet, notes, lessons),
    ...auditDeadLetters(ledger.malformed, outside.deadLetters),
    ...(await auditCache(records)),
  ];
}

/** After a loss, one rebuild makes Redis equal to Postgres, and a second one finds nothing to do. */
async function auditCache({ cache, db }: Records): Promise<Violation[]> {
  await rebuildCache(cache, db);
  const { corrected } = await rebuildCache(cache, db);
  const left = [...corrected, ...(await findDifferences(cache, db))];
  return left.map((what): Violation => ({ kind: 'wrong', what }));
}
