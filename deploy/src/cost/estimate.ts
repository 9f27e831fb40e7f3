import { topics } from '@banknote-loop/shared/contract';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { asImages, needsOf, type Site } from '../site.ts';
import { free, type Price, prices } from './prices.ts';

// What the loop costs a month, by item. A month has 730 hours.

export interface Load {
  readonly notesPerSecond: number;
  readonly notesPerBatch: number;
  /** Pages that somebody leaves open day and night. */
  readonly openPages: number;
}

export interface Item {
  readonly name: string;
  readonly amount: string;
  readonly usd: number;
  /** What it is made of; nothing where no price is known. */
  readonly prices: readonly Price[];
}

const hours = 730;
const seconds = hours * 3_600;
/** Time is billed in steps of a tenth of a second, and all that a batch needs of a function takes less. */
const callSeconds = 0.1;
/** Of a message, besides its data; and what Pub/Sub counts at least. */
const attributeBytes = 532;
const leastBytes = 1_000;
/** A stored note with its index, and a log line: both counted on a loop that ran. */
const rowBytes = 220;
const lineBytes = 560;
const gib = 2 ** 30;

/** What is there for nobody's sake: the same, whether or not a note comes in. */
export function floorOf(site: Site): readonly Item[] {
  return [
    ...database(site, 0),
    redis(site),
    connector(site),
    keptWarm(site),
    images(site),
    door(site),
  ].flat();
}

/** What comes on top of it with a load. */
export function loadOf(site: Site, load: Load): readonly Item[] {
  return [...functions(site, load), pubsub(load), ...growth(site, load), logs(site, load)];
}

function item(name: string, amount: string, ...parts: readonly (readonly [Price, number])[]): Item {
  const usd = parts.reduce((sum, [price, count]) => sum + price.usd * count, 0);
  return { name, amount, usd, prices: parts.map(([price]) => price) };
}

function database({ settings }: Site, notesStored: number): readonly Item[] {
  if (settings.DBHOST) return [];
  const { DB_TIER, DB_AVAILABILITY } = settings;
  const machines = DB_AVAILABILITY === 'regional' ? 2 : 1;
  const diskGb = Math.max(10, (notesStored * rowBytes) / 1e9);
  const name = `Cloud SQL ${DB_TIER}, ${DB_AVAILABILITY}`;
  const [, cpus, memoryMb] = /^db-custom-(\d+)-(\d+)$/.exec(DB_TIER) ?? [];
  const machine =
    DB_TIER === 'db-g1-small'
      ? item(name, `${machines} x ${hours} h`, [prices.sqlSmall, machines * hours])
      : cpus && memoryMb
        ? item(
            name,
            `${machines} x ${hours} h`,
            [prices.sqlCpu, Number(cpus) * machines * hours],
            [prices.sqlMemory, (Number(memoryMb) / 1024) * machines * hours],
          )
        : item(`${name}: no price is known here`, '');
  return [
    machine,
    item(
      'Cloud SQL, disk and backup',
      `${round(diskGb)} GB`,
      [prices.sqlDisk, diskGb * machines],
      [prices.sqlBackup, diskGb],
    ),
  ];
}

function redis({ settings }: Site): readonly Item[] {
  if (settings.REDISHOST) return [];
  const { REDIS_TIER, REDIS_SIZE_GB } = settings;
  const name = `Memorystore ${REDIS_TIER}`;
  if (REDIS_SIZE_GB > 10) return [item(`${name}, ${REDIS_SIZE_GB} GB: no price is known here`, '')];
  const isLarge = REDIS_SIZE_GB > 4;
  const standard = isLarge ? prices.redisStandardLarge : prices.redisStandard;
  const basic = isLarge ? prices.redisBasicLarge : prices.redisBasic;
  return [
    item(name, `${REDIS_SIZE_GB} GB`, [REDIS_TIER === 'standard' ? standard : basic, REDIS_SIZE_GB * hours]),
  ];
}

function connector(site: Site): readonly Item[] {
  if (site.settings.VPC_CONNECTOR || asImages(site)) return [];
  return [item('connector', '2 x e2-micro', [prices.connector, 2 * hours])];
}

function door({ settings }: Site): readonly Item[] {
  if (!settings.DOMAIN) return [];
  return [
    item('front door, load balancer', '1 forwarding rule', [prices.forwardingRule, hours]),
    item('front door, Cloud Armor: no price is known here', ''),
  ];
}

/** Instances that wait for work. */
function keptWarm(site: Site): readonly Item[] {
  return site.functions.flatMap(definition => {
    const { minInstances, cpu, memory } = needsOf(site, definition);
    if (minInstances === 0) return [];
    const time = minInstances * seconds;
    return item(
      `${definition.name}, kept warm`,
      `${minInstances} instances`,
      [prices.idleCpu, time * cpu],
      [prices.memory, time * gibOf(memory)],
    );
  });
}

/** Sizes of images were not measured: the base image of Node.js alone is a quarter of a gigabyte. */
function images(site: Site): readonly Item[] {
  const count = 1 + (asImages(site) ? site.functions.length : 0);
  return [item('images, one of each', `${count} x 0.25 GB or more`, [prices.images, count * 0.25])];
}

/** The functions that a batch goes through, and how often. */
function visited({ functions }: Site): readonly AnyFunction[] {
  return functions.filter(
    one =>
      one.name === 'ingest-api' ||
      (one.kind === 'event' &&
        (one.on.name === topics.request.name || one.on.name === topics.prediction.name)),
  );
}

function functions(site: Site, { notesPerSecond, notesPerBatch, openPages }: Load): readonly Item[] {
  const batchesPerSecond = notesPerSecond / notesPerBatch;
  const used = visited(site);
  const time = (name: string, busy: number, definition: AnyFunction) => ({
    name,
    cpu: busy * needsOf(site, definition).cpu,
    memory: busy * gibOf(needsOf(site, definition).memory),
  });
  const times = used.map(definition =>
    time(definition.name, busySeconds(batchesPerSecond, needsOf(site, definition).concurrency), definition),
  );
  const page = site.functions.find(({ name }) => name === 'predict-api');
  const pageSeconds = page ? Math.ceil(openPages / needsOf(site, page).concurrency) * seconds : 0;
  if (page && pageSeconds > 0) times.push(time('pages left open', pageSeconds, page));
  const cpu = sum(times.map(one => one.cpu));
  const memory = sum(times.map(one => one.memory));
  const requests = batchesPerSecond * seconds * used.length;
  return [
    item(
      'functions, time',
      `${millions(cpu)} vCPU-s, ${millions(memory)} GiB-s`,
      [prices.cpu, Math.max(0, cpu - free.cpuSeconds)],
      [prices.memory, Math.max(0, memory - free.memorySeconds)],
    ),
    item('functions, requests', millions(requests), [
      prices.request,
      Math.max(0, requests - free.requests) / 1e6,
    ]),
  ];
}

/**
 * For how long instances work on something. Calls at the same time share an instance: with few of them, it is idle in
 * between; with many, it is always busy, and there are as many instances as it takes.
 */
function busySeconds(callsPerSecond: number, concurrency: number): number {
  const atATime = callsPerSecond * callSeconds;
  return seconds * Math.max(1 - Math.exp(-atATime), atATime / concurrency);
}

/** A batch is published twice, and delivered three times. The sizes are those of messages as they are sent. */
function pubsub({ notesPerSecond, notesPerBatch }: Load): Item {
  const counted = (data: number): number => Math.max(leastBytes, data + attributeBytes);
  const request = counted(78 + 46.5 * notesPerBatch);
  const prediction = counted(161 + 73 * notesPerBatch);
  const perBatch = 2 * request + 3 * prediction;
  const carried = ((notesPerSecond / notesPerBatch) * seconds * perBatch) / gib;
  return item('Pub/Sub', `${round(carried)} GiB`, [
    prices.pubsub,
    Math.max(0, carried - free.pubsubGib) / 1024,
  ]);
}

/** What a month's notes add to the disk; they stay. */
function growth(site: Site, { notesPerSecond }: Load): readonly Item[] {
  const [, before] = database(site, 0);
  const [, after] = database(site, notesPerSecond * seconds);
  if (!before || !after) return [];
  const usd = after.usd - before.usd;
  return [{ ...after, name: 'Cloud SQL, notes of a month', usd }];
}

function logs(site: Site, { notesPerSecond, notesPerBatch }: Load): Item {
  const keeps = site.settings.LOG_LEVEL === 'info' || site.settings.LOG_LEVEL === 'debug';
  const lines = keeps ? (notesPerSecond / notesPerBatch) * seconds * visited(site).length : 0;
  const kept = (lines * lineBytes) / gib;
  return item('log lines of functions', `${round(kept)} GiB`, [
    prices.logs,
    Math.max(0, kept - free.logsGib),
  ]);
}

function gibOf(memory: string): number {
  return Number.parseInt(memory, 10) / 1024;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function millions(value: number): string {
  return `${(value / 1e6).toFixed(2)} M`;
}
