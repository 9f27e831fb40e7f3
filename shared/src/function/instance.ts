import type { z } from 'zod';
import type { KeyRing } from '../base/key-ring.ts';
import { createLogger, type Facts, type Logger } from '../base/log.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { openPublisher, type Publisher } from '../pubsub/publisher.ts';
import { keyRingOf } from '../resources/message-keys.ts';
import { readSettings, SettingsError } from '../resources/read-settings.ts';
import { messagingSettings, telemetrySettings } from '../resources/settings.ts';
import { openTracer } from '../telemetry/open-tracer.ts';
import { mayFreeze, type Tracer } from '../telemetry/tracer.ts';
import type { Clients, Definition, Reads, SettingsOf, Uses } from './definition.ts';

/**
 * One running process of a function. Its settings have been checked; its clients are opened when a message or request
 * first needs them, once for all of them, and again only if that failed. Everything that belongs to the process as a
 * whole hangs on it, so that a test can have as many of them as it likes.
 */
export interface Instance<Used extends Uses = Uses, Read extends Reads = Reads> {
  readonly log: Logger;
  /** The one data set that this process serves. */
  readonly dataSet: DataSet;
  readonly projectId: string;
  /** Where to publish instead of the topic in the definition (`TOPIC_ID`). */
  readonly topicOverride: string | undefined;
  /** Whether batches of one moment may travel in one message (`JOIN_BATCHES`). */
  readonly joinsBatches: boolean;
  readonly maxEventAgeMs: number;
  /** What messages of signed topics are signed with. */
  readonly messageKeys: KeyRing;
  /** Whether they are taken without a signature all the same. */
  readonly takesUnsigned: boolean;
  /** The names under which requests may come; any, if there are none. */
  readonly hosts: ReadonlySet<string>;
  readonly settings: SettingsOf<Read>;
  tracer(): Promise<Tracer>;
  publisher(): Promise<Publisher>;
  clients(): Promise<Clients<Used>>;
  /** How the clients that are open are doing. */
  vitals(): Facts;
  close(): Promise<void>;
}

/** Nobody reads a log sooner. */
const holdLinesMs = 20;

/** Reads every setting that the function needs; throws a SettingsError that names those that are wrong. */
export function startInstance<Used extends Uses, Read extends Reads = Record<never, never>>(
  definition: Pick<Definition<Used, never, Read>, 'name' | 'uses'> & {
    readonly settings?: Read;
    readonly publishes: readonly unknown[];
  },
  environment: NodeJS.ProcessEnv,
  dataSet: DataSet,
): Instance<Used, Read> {
  const read = Object.entries(definition.settings ?? {});
  // All in one go, so that the line about an incomplete environment names everything that is missing.
  const needed = [
    ...Object.values(definition.uses).map(resource => resource.settings),
    ...read.map(([, schema]) => schema.in),
  ];
  const settings = readSettings(
    needed.reduce<z.ZodObject>(join, messagingSettings.extend(telemetrySettings.shape)),
    environment,
  );
  // And once more one by one, for the rules that tie several variables together.
  for (const one of needed) readSettings(one, environment);
  // From the environment again: a schema need not take what it has made itself.
  const ownSettings = Object.fromEntries(
    read.map(([name, schema]) => [name, readSettings(schema, environment)]),
  );
  const messaging = readSettings(messagingSettings, environment);
  if (messaging.DATA_SET !== undefined && messaging.DATA_SET !== dataSet.name) {
    throw new SettingsError(`DATA_SET is ${messaging.DATA_SET}, and this was built for ${dataSet.name}.`);
  }
  const messageKeys = keyRingOf(messaging);
  if (messaging.UNSIGNED_MESSAGES === 'refuse' && messageKeys.isEmpty) {
    throw new SettingsError('MESSAGE_KEYS_SECRET is missing: UNSIGNED_MESSAGES is refuse, which takes keys.');
  }
  const telemetry = telemetrySettings.parse(settings);
  const log = createLogger(
    definition.name,
    messaging.LOG_LEVEL,
    mayFreeze(telemetry) ? undefined : holdLinesMs,
  );
  const tracer = once(() => openTracer(definition.name, telemetry, log));
  const publisher = once(() => openPublisher(messaging));
  const vitals: (() => Facts)[] = [];
  const resources = Object.entries(definition.uses).map(([name, resource]) => ({
    name,
    open: once(async () => {
      const opened = await resource.open(settings, log, dataSet);
      if (opened.vitals) vitals.push(opened.vitals);
      return opened;
    }),
  }));
  const clients = once(async () => {
    const opened = await Promise.all(resources.map(async ({ name, open }) => [name, (await open()).client]));
    return Object.fromEntries(opened) as Clients<Used>;
  });
  return {
    log,
    dataSet,
    projectId: messaging.PROJECT_ID,
    topicOverride: definition.publishes.length === 1 ? messaging.TOPIC_ID : undefined,
    hosts: messaging.ALLOWED_HOSTS,
    joinsBatches: messaging.JOIN_BATCHES === 'on',
    maxEventAgeMs: messaging.EVENT_MAX_AGE_SECONDS * 1000,
    messageKeys,
    takesUnsigned: messaging.UNSIGNED_MESSAGES === 'accept',
    settings: ownSettings as SettingsOf<Read>,
    tracer,
    publisher,
    clients,
    vitals: () => Object.assign({}, ...vitals.map(read => read())),
    async close() {
      const openOnes = [tracer, publisher, ...resources.map(({ open }) => open)].filter(open =>
        open.started(),
      );
      await Promise.allSettled(openOnes.map(async open => (await open()).close()));
    },
  };
}

function join(all: z.ZodObject, more: z.ZodObject): z.ZodObject {
  return all.extend(more.shape);
}

interface Once<T> {
  (): Promise<T>;
  started(): boolean;
}

/** Makes a value the first time it is asked for, and again only if making it failed. */
function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined;
  const get = (): Promise<T> => {
    made ??= make().catch(error => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return Object.assign(get, { started: () => made !== undefined });
}
