import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { functionsFolder, placeDataSet } from '@banknote-loop/build/data-set';
import { deliveryPolicy } from '@banknote-loop/shared/contract';
import { type FoundDataSet, findDataSet } from '@banknote-loop/shared/data-set/files';
import { keepSettings } from '@banknote-loop/shared/expiry';
import type { EventFunction } from '@banknote-loop/shared/function';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { pubSubIn } from '@banknote-loop/shared/pubsub';
import { readSettings } from '@banknote-loop/shared/resources';
import { readTopology } from '../../functions/topology.ts';
import { claimFolder } from './chosen-data-set.ts';
import { expireDaily } from './daily-expiry.ts';
import { deadAddresses, withoutDeadAddresses, writeEnvironmentFile } from './environment-file.ts';
import { lockFolder } from './folder-lock.ts';
import { startFront } from './front.ts';
import { FunctionProcess } from './function-process.ts';
import { settingsFrom } from './given-settings.ts';
import { startObserver } from './observer.ts';
import { ownNames } from './openness.ts';
import { type LogLine, parseLogLine } from './output.ts';
import { startOwnAnswers } from './own-answers.ts';
import { findFreePort } from './ports.ts';
import { type Backoff, prepareMessaging } from './prepare-cloud.ts';
import { ensureModel, mendCache } from './prepare-model.ts';
import { type Environment, openServices, type Services } from './services.ts';
import { prepareMessageKeys, prepareModelKeys } from './signing-keys.ts';

export interface LoopOptions {
  /** Where everything is kept. */
  readonly folder: string;
  /** What is served; banknotes, if nothing else is said. */
  readonly dataSet?: FoundDataSet;
  /** The port of page and APIs; 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
  readonly durable?: boolean;
  readonly fresh?: boolean;
  /** Whether the tables follow a declaration that has changed also where that loses rows or values. */
  readonly force?: boolean;
  readonly backoff?: Backoff;
  /** What is set already, services and settings; the environment of this process when left out. */
  readonly given?: NodeJS.ProcessEnv;
  /** Whether to keep spans and count log lines, for `/traces` and `/metrics`. */
  readonly observe?: boolean;
  /** Variables for the functions, where `given` does not set them. */
  readonly settings?: Environment;
  /** Runs each server in a process of its own, and starts it again when it has ended or hangs. */
  readonly lookAfter?: boolean;
  readonly on?: Partial<LoopEvents>;
}

export interface LoopEvents {
  /** Something that a person wants to read. */
  print(line: string): void;
  /** A part of the start that is done. */
  step(what: string): void;
  /** A line that a function wrote, and its fields if it has any. */
  log(functionName: string, line: string, fields?: LogLine): void;
}

/** The whole loop, running on this machine. */
export interface Loop {
  readonly url: string;
  readonly environment: Environment;
  readonly services: Services;
  readonly functions: ReadonlyMap<string, FunctionProcess>;
  stop(): Promise<void>;
}

const silent: LoopEvents = { print: () => {}, step: () => {}, log: () => {} };

/** Starts services and functions, and returns when a model answers. Needs the bundles of all functions in `dist/`. */
export async function startLoop(options: LoopOptions): Promise<Loop> {
  const { folder, durable = true, fresh = false, lookAfter = false, settings = {} } = options;
  const events = { ...silent, ...options.on };
  const { dataSet = findDataSet('banknotes') } = options;
  const { dataSet: declaration } = dataSet;
  const keep = readSettings(keepSettings, options.given ?? process.env);
  const unlock = lockFolder(folder);
  if (fresh) {
    rmSync(folder, { recursive: true, force: true });
    lockFolder(folder);
  }
  claimFolder(folder, dataSet);

  // A copy: what the services add to the environment of this process has not been given.
  const given = withoutDeadAddresses({ ...(options.given ?? process.env) }, events.print);
  // Google's clients look at these by themselves, whatever addresses they are given.
  for (const name of deadAddresses(process.env)) delete process.env[name];
  const stops: (() => void | Promise<void>)[] = [unlock];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    let mend = async (): Promise<void> => {};
    const opening = await openServices({
      ...{ folder, dataSet, durable, given, lookAfter },
      force: options.force,
      print: events.print,
      afterRedis: () => mend(),
    });
    stops.push(async () => (await opening.services.catch(() => undefined))?.stop());
    const observer = options.observe ? await startObserver(given) : undefined;
    if (observer) stops.push(() => observer.close());
    const functions = await readTopology();
    const addresses = { ...opening.environment, ...observer?.environment };
    const handedOn = settingsFrom(given, functions, events.print);
    const hosts = [...ownNames(options), ...(handedOn.ALLOWED_HOSTS ?? '').split(/[\s,]+/)].filter(Boolean);
    const signing = await signingKeys(folder, { given, addresses, dataSet: declaration.name });
    const environment = {
      // On this machine anybody may publish, and where nobody signs in, decide, too: programs of before can be tried as they are.
      ...(!given.AUTH_JWKS_URL && { UNSIGNED_MESSAGES: 'accept' }),
      ...settings,
      ...signing,
      ...handedOn,
      ALLOWED_HOSTS: hosts.join(' '),
      ...addresses,
    };
    placeDataSet(declaration, functions);
    const log = (name: string, line: string): void => {
      const fields = parseLogLine(line);
      if (fields) observer?.take(fields);
      events.log(name, line, fields);
    };
    const placed = await placeFunctions(functions);
    const ownAnswers = observer && (await startOwnAnswers(observer, portOf(placed, behindFront)));
    if (ownAnswers) stops.push(() => ownAnswers.close());
    const elsewhere = { '/notes': portOf(placed, 'ingest-api'), ...ownAnswers?.ports };
    // They need no service to start, and so they do while the database comes up.
    const running = startFunctions(placed, elsewhere, {
      folder: functionsFolder(declaration),
      environment: { all: environment, own: opening.forFunctions },
      events: { ...events, log },
    });
    stops.push(() => running.stop());
    const services = await opening.services;
    events.step('PostgreSQL, Redis, Pub/Sub, Cloud Storage and Secret Manager are up');
    mend = async () => {
      if (await mendCache(environment, declaration))
        events.step('Redis was empty and has been filled from PostgreSQL');
    };
    await mend();
    await deliverMessages(running, environment, options.backoff ?? defaultBackoff);
    events.step(`${running.processes.size} functions listen`);
    const { port, host = '127.0.0.1' } = options;
    const handOver = async (connection: Socket) => running.processes.get(behindFront)?.handOver(connection);
    const front = await startFront({ port, host, handOver });
    stops.push(() => front.close());
    const first = await ensureModel(environment, declaration);
    if (first.state === 'refused') events.print(`No model answers yet. ${first.reason}`);
    else events.step(`a model ${first.state}${first.state === 'answers' ? '' : ' one is trained'}`);
    stops.push(expireDaily({ environment, dataSet: declaration, keep, say: events.print }));
    const url = `http://127.0.0.1:${front.port}`;
    const loopOnly = { LOOP_URL: url, LOOP_DECLARATION: dataSet.path };
    const forShell = { ...addresses, ...signing, ...services.forShell, ...loopOnly };
    stops.push(writeEnvironmentFile({ folder, environment: forShell, given }));
    return { url, environment, services, functions: running.processes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Signing {
  readonly given: NodeJS.ProcessEnv;
  readonly addresses: Environment;
  readonly dataSet: string;
}

/** What models and messages are signed with. A bucket that somebody else keeps has keys of theirs, or none. */
async function signingKeys(folder: string, signing: Signing): Promise<Environment> {
  const { MESSAGE_KEYS_SECRET: secret, MESSAGE_KEYS = secret ? undefined : prepareMessageKeys(folder) } =
    signing.given;
  return { ...(MESSAGE_KEYS && { MESSAGE_KEYS }), ...(await modelKeys(folder, signing)) };
}

async function modelKeys(folder: string, { given, addresses, dataSet }: Signing): Promise<Environment> {
  const { MODEL_KEYS, STORAGE_EMULATOR_HOST, BUCKET: ownBucket } = given;
  if (MODEL_KEYS) return { MODEL_KEYS };
  if (STORAGE_EMULATOR_HOST || ownBucket) return {};
  const { PROJECT_ID = '', BUCKET = '' } = addresses;
  const address = { PROJECT_ID, BUCKET, STORAGE_EMULATOR_HOST: addresses.STORAGE_EMULATOR_HOST };
  return { MODEL_KEYS: await prepareModelKeys(folder, address, dataSet) };
}

const defaultBackoff: Backoff = {
  minSeconds: deliveryPolicy.minBackoffSeconds,
  maxSeconds: deliveryPolicy.maxBackoffSeconds,
};

/** Connections of the front are handed to it: it answers all but what it passes on. */
const behindFront = 'predict-api';

interface Placed {
  readonly definition: AnyFunction;
  readonly port: number;
}

function placeFunctions(functions: readonly AnyFunction[]): Promise<readonly Placed[]> {
  return Promise.all(functions.map(async definition => ({ definition, port: await findFreePort() })));
}

function portOf(placed: readonly Placed[], name: string): number {
  const found = placed.find(({ definition }) => definition.name === name);
  if (!found) throw new Error(`There is no function named ${name}.`);
  return found.port;
}

interface StartOptions {
  /** Where the bundles lie. */
  readonly folder: string;
  /** The environment of all functions, and what that of some has besides. */
  readonly environment: { readonly all: Environment; readonly own: ReadonlyMap<string, Environment> };
  readonly events: LoopEvents;
}

interface RunningFunctions {
  readonly processes: ReadonlyMap<string, FunctionProcess>;
  readonly placed: readonly Placed[];
  /** Fails when one of them ends instead. */
  readonly listening: Promise<unknown>;
  stop(): Promise<void>;
}

function startFunctions(
  placed: readonly Placed[],
  elsewhere: Readonly<Record<string, number>>,
  { folder, environment, events }: StartOptions,
): RunningFunctions {
  const processes = new Map(
    placed.map(({ definition: { name }, port }) => [
      name,
      new FunctionProcess({
        name,
        port,
        source: join(folder, name),
        environment: { ...environment.all, ...environment.own.get(name) },
        ...(name === behindFront && { elsewhere }),
        onLine: line => events.log(name, line),
        onRestart: how => events.print(`${name} ended (${how}) and is started again`),
      }),
    ]),
  );
  const listening = Promise.all([...processes.values()].map(one => one.start()));
  // Whoever waits for them hears of it; until somebody does, it is no accident of the process.
  listening.catch(() => undefined);
  return {
    processes,
    placed,
    listening,
    async stop() {
      await Promise.all([...processes.values()].map(one => one.stop()));
    },
  };
}

/** From here on messages move: every function listens, and every service is as it should be. */
async function deliverMessages(
  { listening, placed }: RunningFunctions,
  environment: Environment,
  backoff: Backoff,
): Promise<void> {
  await listening;
  const triggered = placed.filter(
    (one): one is { definition: EventFunction; port: number } => one.definition.kind === 'event',
  );
  await prepareMessaging(pubSubIn(environment), triggered, backoff);
}
