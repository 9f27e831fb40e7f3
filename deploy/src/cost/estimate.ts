import { topics } from '@banknote-loop/shared/contract';
import type { AnyFunction } from '@banknote-loop/shared/http';
import {
  type CostItem,
  costItem,
  costOfUse,
  type FunctionSize,
  prices,
  rowBytes,
  shortened,
} from '@banknote-loop/shared/monitoring';
import { asImages, needsOf, type Site } from '../site.ts';

// What the loop costs a month, by item. A month has 730 hours.

export interface Load {
  readonly notesPerSecond: number;
  readonly notesPerBatch: number;
  /** Pages that are looked at, at the same time; one that nobody sees asks for nothing. */
  readonly openPages: number;
  /** For so many hours of the month. */
  readonly pageHours: number;
}

export const hours = 730;
const seconds = hours * 3_600;

/** What is there for nobody's sake: the same, whether or not a note comes in. */
export function floorOf(site: Site): readonly CostItem[] {
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
export function loadOf(site: Site, load: Load): readonly CostItem[] {
  const { notesPerSecond, notesPerBatch } = load;
  const used = costOfUse({
    batches: (notesPerSecond / notesPerBatch) * seconds,
    notes: notesPerSecond * seconds,
    seconds,
    functions: visited(site).map(definition => sizeOf(site, definition)),
    besides: openPagesOf(site, load),
    keepsLines: ['info', 'debug'].includes(site.settings.LOG_LEVEL),
  });
  return [...used, ...doorUse(site, load), ...growth(site, load)];
}

/** Each batch comes in by one request. */
function doorUse({ settings }: Site, { notesPerSecond, notesPerBatch }: Load): readonly CostItem[] {
  if (!settings.DOMAIN) return [];
  const requests = ((notesPerSecond / notesPerBatch) * seconds) / 1e6;
  return [costItem('front door, requests', `${requests.toFixed(2)} M`, [prices.armorRequest, requests])];
}

function sizeOf(site: Site, definition: AnyFunction): FunctionSize {
  const { cpu, memory, concurrency } = needsOf(site, definition);
  return { cpu, memory: gibOf(memory), concurrency };
}

/** A page that is looked at keeps an instance busy, which others share. */
function openPagesOf(site: Site, { openPages, pageHours }: Load) {
  const page = site.functions.find(({ name }) => name === 'predict-api');
  if (!page) return { cpu: 0, memory: 0 };
  const { cpu, memory, concurrency } = sizeOf(site, page);
  const busy = Math.ceil(openPages / concurrency) * pageHours * 3_600;
  return { cpu: busy * cpu, memory: busy * memory };
}

function database({ settings }: Site, notesStored: number): readonly CostItem[] {
  if (settings.DBHOST) return [];
  const { DB_TIER, DB_AVAILABILITY } = settings;
  const machines = (DB_AVAILABILITY === 'regional' ? 2 : 1) + (settings.STANDBY_REGION ? 1 : 0);
  const diskGb = Math.max(10, (notesStored * rowBytes) / 1e9);
  const name = `Cloud SQL ${DB_TIER}, ${DB_AVAILABILITY}${settings.STANDBY_REGION ? ' and standby' : ''}`;
  const [, cpus, memoryMb] = /^db-custom-(\d+)-(\d+)$/.exec(DB_TIER) ?? [];
  const machine =
    DB_TIER === 'db-g1-small'
      ? costItem(name, `${machines} x ${hours} h`, [prices.sqlSmall, machines * hours])
      : cpus && memoryMb
        ? costItem(
            name,
            `${machines} x ${hours} h`,
            [prices.sqlCpu, Number(cpus) * machines * hours],
            [prices.sqlMemory, (Number(memoryMb) / 1024) * machines * hours],
          )
        : costItem(`${name}: no price is known here`, '');
  return [
    machine,
    costItem(
      'Cloud SQL, disk and backup',
      `${shortened(diskGb)} GB`,
      [prices.sqlDisk, diskGb * machines],
      [prices.sqlBackup, diskGb],
    ),
  ];
}

function redis({ settings }: Site): readonly CostItem[] {
  if (settings.REDISHOST) return [];
  const { REDIS_TIER, REDIS_SIZE_GB } = settings;
  const name = `Memorystore ${REDIS_TIER}`;
  if (REDIS_SIZE_GB > 10) return [costItem(`${name}, ${REDIS_SIZE_GB} GB: no price is known here`, '')];
  const isLarge = REDIS_SIZE_GB > 4;
  const standard = isLarge ? prices.redisStandardLarge : prices.redisStandard;
  const basic = isLarge ? prices.redisBasicLarge : prices.redisBasic;
  return [
    costItem(name, `${REDIS_SIZE_GB} GB`, [
      REDIS_TIER === 'standard' ? standard : basic,
      REDIS_SIZE_GB * hours,
    ]),
  ];
}

function connector(site: Site): readonly CostItem[] {
  if (site.settings.VPC_CONNECTOR || asImages(site)) return [];
  return [costItem('connector', '2 x e2-micro', [prices.connector, 2 * hours])];
}

function door({ settings }: Site): readonly CostItem[] {
  if (!settings.DOMAIN) return [];
  return [
    costItem('front door, load balancer', '1 forwarding rule', [prices.forwardingRule, hours]),
    costItem('front door, Cloud Armor', '1 policy, 1 rule', [prices.armorPolicy, 1], [prices.armorRule, 1]),
  ];
}

/** Instances that wait for work. */
function keptWarm(site: Site): readonly CostItem[] {
  return site.functions.flatMap(definition => {
    const { minInstances, cpu, memory } = needsOf(site, definition);
    if (minInstances === 0) return [];
    const time = minInstances * seconds;
    return costItem(
      `${definition.name}, kept warm`,
      `${minInstances} instances`,
      [prices.idleCpu, time * cpu],
      [prices.memory, time * gibOf(memory)],
    );
  });
}

/** Sizes of images were not measured: the base image of Node.js alone is a quarter of a gigabyte. */
function images(site: Site): readonly CostItem[] {
  const count = 1 + (asImages(site) ? site.functions.length : 0);
  return [costItem('images, one of each', `${count} x 0.25 GB or more`, [prices.images, count * 0.25])];
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

/** What a month's notes add to the disk; they stay. */
function growth(site: Site, { notesPerSecond }: Load): readonly CostItem[] {
  const [, before] = database(site, 0);
  const [, after] = database(site, notesPerSecond * seconds);
  if (!before || !after) return [];
  const usd = after.usd - before.usd;
  return [{ ...after, name: 'Cloud SQL, notes of a month', usd }];
}

function gibOf(memory: string): number {
  return Number.parseInt(memory, 10) / 1024;
}
