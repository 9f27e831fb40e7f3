import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type LocalStorage,
  type PubSub,
  startMonitoring,
  startPubSub,
  startSecrets,
  startStorage,
} from '@banknote-loop/local-cloud';
import { type BucketAddress, openModelStore } from '@banknote-loop/shared/bucket';
import type { FoundDataSet } from '@banknote-loop/shared/data-set/files';
import { defaultNeeds } from '@banknote-loop/shared/function';
import { type CloudProcess, startCloudProcess } from './cloud-process.ts';
import { type Care, lookAfter, type SupervisedServer } from './looked-after.ts';
import { accepts, answers, findFreePort } from './ports.ts';
import { type Postgres, postgresHost, startPostgres } from './postgres.ts';
import { prepareBucket, prepareSecret } from './prepare-cloud.ts';
import { accessTo, type DatabaseAccess, prepareDatabase, prepareUsers, usersOf } from './prepare-database.ts';
import { type Redis, startRedis } from './redis.ts';
import { ensureRedisInstalled } from './redis-install.ts';

/** The variables of the contract, as the functions get them. */
export type Environment = Readonly<Record<string, string>>;

export interface Services {
  readonly environment: Environment;
  /** What psql and redis-cli read: the database as the user sees it who looks after the loop. */
  readonly forShell: Environment;
  /** Those that this process runs itself; one that was there already is used and left alone. */
  readonly pubsub: PubSub | undefined;
  readonly storage: LocalStorage | undefined;
  /** The process of Pub/Sub, Cloud Storage and Secret Manager, where they have one of their own. */
  readonly cloud: CloudProcess | undefined;
  readonly postgres: Postgres | undefined;
  readonly redis: Redis | undefined;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly folder: string;
  /** Whose items the loop deals with. */
  readonly dataSet: FoundDataSet;
  /** False for tests: faster, and safe against everything but a power cut. */
  readonly durable: boolean;
  /** Whether the tables follow a declaration that has changed also where that loses rows or values. */
  readonly force?: boolean | undefined;
  /** What is set already: a service whose variable is set here is not started. */
  readonly given: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
  /**
   * Runs each server in a process of its own, and starts it again when it has ended or hangs. Else those of Google's are in
   * this process, where a test can look into them.
   */
  readonly lookAfter?: boolean;
  /** Whether Redis, when it was started again, lacks anything is for others to see to. */
  readonly afterRedis?: () => Promise<void>;
}

interface Part<Service> {
  readonly environment: Environment;
  readonly forShell?: Environment;
  readonly service?: Service;
  readonly stop: () => Promise<void>;
}

/** Without this, Google's clients would look for a cloud around them, and warn that there is none. */
const onLaptop = { METADATA_SERVER_DETECTION: 'none' };

const leave = async (): Promise<void> => {};

/** Services of which the addresses are known, and which come up. */
export interface OpeningServices {
  readonly environment: Environment;
  /** What is different for single functions: each logs in to the database as a user of its own. */
  readonly forFunctions: ReadonlyMap<string, Environment>;
  /** Fails when one of them does, and leaves none running then. */
  readonly services: Promise<Services>;
}

/** Brings up whatever is not there yet, all at once, and puts into it what the functions expect. */
export async function startServices(options: ServiceOptions): Promise<Services> {
  const { services } = await openServices(options);
  return services;
}

/** The same, but the database comes up beside whatever else is done meanwhile: its files and tables take the longest. */
export async function openServices(wanted: ServiceOptions): Promise<OpeningServices> {
  const projectId = wanted.given.PROJECT_ID ?? 'banknote-loop';
  const cloud = wanted.lookAfter ? await openCloud(wanted, projectId) : nothing;
  try {
    // What runs already is used, whoever has started it.
    return await openOthers(
      { ...wanted, given: { ...cloud.environment, ...wanted.given } },
      projectId,
      cloud,
    );
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

async function openOthers(
  options: ServiceOptions,
  projectId: string,
  cloud: Part<CloudProcess>,
): Promise<OpeningServices> {
  const { name } = options.dataSet.dataSet;
  const bucket = options.given.BUCKET ?? 'banknote-loop-models';
  const [pubsub, storage, secrets, redis] = await allOrNone([
    openPubSub(options),
    openStorage(options),
    openSecrets(options),
    openRedis(options),
  ]);
  // Nothing but this is said to the whole process, in which there may be other loops.
  Object.assign(process.env, onLaptop);
  const models = { PROJECT_ID: projectId, BUCKET: bucket, ...storage.environment };
  const others = [pubsub, storage, secrets, redis];
  const open = <T>(work: Promise<T>): Promise<T> =>
    work.catch(async error => {
      await stopAll(others);
      await cloud.stop();
      throw error;
    });
  const [access] = await open(Promise.all([accessOf(options), claimBucket(models, name)]));
  const environment = Object.assign(
    { PROJECT_ID: projectId, BUCKET: bucket, DATA_SET: name, ...onLaptop },
    ...[cloud, ...others].map(part => part.environment),
    access,
    // What is set for another PostgreSQL is not for this one.
    options.given.DBHOST ? {} : openly,
  );
  const secretManager = secrets.environment.SECRET_MANAGER_EMULATOR_HOST ?? '';
  const services = open(openDatabase(options, access, { projectId, secretManager })).then(database => ({
    environment,
    forShell: { ...redis.forShell, ...database.forShell },
    pubsub: pubsub.service,
    storage: storage.service,
    cloud: cloud.service,
    postgres: database.service,
    redis: redis.service,
    async stop() {
      await stopAll([...others, database]);
      // The others use it.
      await cloud.stop();
    },
  }));
  // Whoever waits for them hears of it; until somebody does, it is no accident of the process.
  services.catch(() => undefined);
  const forFunctions = options.given.DBHOST ? new Map() : logInsOf(access);
  return { environment, forFunctions, services };
}

/** As whom each function logs in, and which secret has its password. */
function logInsOf({ DBUSER }: DatabaseAccess): ReadonlyMap<string, Environment> {
  return new Map(
    [...usersOf(DBUSER)].map(([name, user]) => [name, { DBUSER: user, DB_SECRET: secretOf(name) }]),
  );
}

function secretOf(functionName: string): string {
  return `db-pass-${functionName}`;
}

/** The bucket of another data set is refused by name before anything is written to it. */
async function claimBucket(address: BucketAddress, dataSet: string): Promise<void> {
  await prepareBucket(address);
  await (await openModelStore(address, dataSet)).claim();
}

const nothing: Part<never> = { environment: {}, stop: leave };

async function openCloud(options: ServiceOptions, projectId: string): Promise<Part<CloudProcess>> {
  const service = await startCloudProcess(options.folder, projectId);
  const { environment, port } = service;
  const isWell = () => answers(port, 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n', answerWithinMs);
  const name = 'What stands in for Pub/Sub, Cloud Storage and Secret Manager';
  return { environment, service, stop: watched(options, service, { name, isWell, print: options.print }) };
}

/** The first words of PostgreSQL's protocol: may this be encrypted? */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const answerWithinMs = 5_000;

async function openPubSub({ given, folder }: ServiceOptions): Promise<Part<PubSub>> {
  const { PUBSUB_EMULATOR_HOST } = given;
  if (PUBSUB_EMULATOR_HOST) return existing({ PUBSUB_EMULATOR_HOST }, PUBSUB_EMULATOR_HOST);
  const service = await startPubSub({
    dataFolder: join(folder, 'pubsub'),
    // The platform gives an instance no more at a time either; what is above it waits in the queue, not in memory.
    maxOutstandingPushes: defaultNeeds.concurrency,
  });
  const monitoring = await startMonitoring(() => service.stats());
  const environment = {
    PUBSUB_EMULATOR_HOST: service.address,
    MONITORING_EMULATOR_HOST: monitoring.address,
  };
  const stop = async (): Promise<void> => {
    await monitoring.close();
    await service.close();
  };
  return { environment, service, stop };
}

async function openStorage({ given, folder }: ServiceOptions): Promise<Part<LocalStorage>> {
  const { STORAGE_EMULATOR_HOST } = given;
  if (STORAGE_EMULATOR_HOST) return existing({ STORAGE_EMULATOR_HOST }, STORAGE_EMULATOR_HOST);
  const service = await startStorage({ folder: join(folder, 'storage') });
  return { environment: { STORAGE_EMULATOR_HOST: service.url }, service, stop: () => service.close() };
}

async function openSecrets({ given, folder }: ServiceOptions): Promise<Part<never>> {
  const { SECRET_MANAGER_EMULATOR_HOST } = given;
  if (SECRET_MANAGER_EMULATOR_HOST)
    return existing({ SECRET_MANAGER_EMULATOR_HOST }, SECRET_MANAGER_EMULATOR_HOST);
  const service = await startSecrets({ folder: join(folder, 'secrets') });
  return { environment: { SECRET_MANAGER_EMULATOR_HOST: service.address }, stop: () => service.close() };
}

async function openRedis(options: ServiceOptions): Promise<Part<Redis>> {
  const { given, folder, print } = options;
  const { REDISHOST, REDISPORT = '6379', REDIS_PASSWORD } = given;
  if (REDISHOST) {
    const part = await existing({ REDISHOST, REDISPORT }, `${REDISHOST}:${REDISPORT}`);
    return { ...part, ...(REDIS_PASSWORD && { forShell: { REDISCLI_AUTH: REDIS_PASSWORD } }) };
  }
  await ensureRedisInstalled(print);
  const service = await startRedis({ folder: join(folder, 'redis') });
  // What is set for another Redis is not for this one.
  const open = { REDIS_TLS: 'disable', REDIS_PASSWORD: '', REDIS_SECRET: '' };
  const environment = { REDISHOST: service.host, REDISPORT: String(service.port), ...open };
  const isWell = () => answers(service.port, 'PING\r\n', answerWithinMs);
  const { afterRedis: afterwards = leave } = options;
  const stop = watched(options, service, { name: 'Redis', isWell, print, afterwards });
  return { environment, service, stop };
}

/** How to stop a server, which is looked after until then if it is to be. */
function watched(
  { lookAfter: isWanted = false }: ServiceOptions,
  server: SupervisedServer & { stop(): Promise<void> },
  care: Omit<Care, 'server'>,
): () => Promise<void> {
  const leave = isWanted ? lookAfter({ ...care, server }) : async () => {};
  return async () => {
    // Whoever looks after it must not take its end for an accident.
    await leave();
    await server.stop();
  };
}

/** Where the database is, or where it will be. */
async function accessOf({ given }: ServiceOptions): Promise<DatabaseAccess> {
  const { DBHOST, DBPORT = '5432', DBNAME = 'banknotes', DBUSER = 'banknote_loop' } = given;
  if (DBHOST) return { DBHOST, DBPORT, DBNAME, DBUSER };
  return accessTo({ host: postgresHost, port: await findFreePort() }, DBNAME);
}

const openly = { PGSSLMODE: 'disable' };

async function openDatabase(
  options: ServiceOptions,
  access: DatabaseAccess,
  { projectId, secretManager }: { readonly projectId: string; readonly secretManager: string },
): Promise<Part<Postgres>> {
  const { given, folder, durable, print } = options;
  const { dataSet, csv } = options.dataSet;
  const { DBHOST, DBPORT, DBNAME } = access;
  if (given.DBHOST) {
    const environment = { ...access };
    // A folder is that of a Unix socket.
    const part = DBHOST.startsWith('/')
      ? { environment, stop: leave }
      : await existing(environment, `${DBHOST}:${DBPORT}`);
    // A database of the user's own, with schema.sql loaded; its password goes where the functions look for it.
    const password = await prepareSecret(projectId, secretManager, given.PGPASSWORD ?? '');
    const { PGSSLMODE = 'disable', PGSSLROOTCERT } = given;
    const tls = { PGSSLMODE, ...(PGSSLROOTCERT && { PGSSLROOTCERT }) };
    return { ...part, forShell: { ...forPsql(access, password), ...tls } };
  }
  const [service, password] = await Promise.all([
    startPostgres({ folder: join(folder, 'postgres'), port: Number(DBPORT), durable, announce: print }),
    prepareSecret(projectId, secretManager, newPassword()),
  ]);
  try {
    await prepareDatabase(service, DBNAME, password, { dataSet, csv, force: options.force, warn: print });
    await prepareUsers(service, access, name =>
      prepareSecret(projectId, secretManager, newPassword(), secretOf(name)),
    );
    const isWell = () => answers(service.port, sslRequest, answerWithinMs);
    return {
      environment: { ...access },
      forShell: { ...forPsql(access, password), ...openly },
      service,
      stop: watched(options, service, { name: 'PostgreSQL', isWell, print }),
    };
  } catch (error) {
    await service.stop();
    throw error;
  }
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

function forPsql({ DBHOST, DBPORT, DBNAME, DBUSER }: DatabaseAccess, password: string): Environment {
  return { PGHOST: DBHOST, PGPORT: DBPORT, PGDATABASE: DBNAME, PGUSER: DBUSER, PGPASSWORD: password };
}

/** A service that runs already is used and left alone; one that does not answer is told now, and by its variable. */
async function existing(environment: Environment, address: string): Promise<Part<never>> {
  const { hostname, port, protocol } = new URL(address.includes('://') ? address : `tcp://${address}`);
  const [name = ''] = Object.keys(environment);
  if (await accepts(Number(port) || (protocol === 'https:' ? 443 : 80), hostname.replace(/^\[|\]$/g, '')))
    return { environment, stop: leave };
  throw new Error(
    `${name} is set to ${environment[name]}, and nothing answers at ${address}. ` +
      `Start what is there, or let the loop bring its own: unset ${Object.keys(environment).join(' ')}`,
  );
}

/** Waits for all; if one fails, those that came up are stopped before the error goes on. */
async function allOrNone<Parts extends readonly Promise<Part<unknown>>[]>(
  parts: readonly [...Parts],
): Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  const settled = await Promise.allSettled(parts);
  const up = settled.flatMap(part => (part.status === 'fulfilled' ? [part.value] : []));
  if (up.length < parts.length) await stopAll(up);
  return Promise.all(parts);
}

async function stopAll(parts: readonly { readonly stop: () => Promise<void> }[]): Promise<void> {
  await Promise.allSettled(parts.map(part => part.stop()));
}
