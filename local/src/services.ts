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
import { defaultNeeds } from '@banknote-loop/shared/function';
import { type Postgres, startPostgres } from './postgres.ts';
import { prepareBucket, prepareSecret } from './prepare-cloud.ts';
import { prepareDatabase } from './prepare-database.ts';
import { type Redis, startRedis } from './redis.ts';
import { ensureRedisInstalled } from './redis-install.ts';

/** The variables of the contract, as the functions get them. */
export type Environment = Readonly<Record<string, string>>;

export interface Services {
  readonly environment: Environment;
  /** Those that this process runs itself; one that was there already is used and left alone. */
  readonly pubsub: PubSub | undefined;
  readonly storage: LocalStorage | undefined;
  readonly postgres: Postgres | undefined;
  readonly redis: Redis | undefined;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly folder: string;
  /** False for tests: faster, and safe against everything but a power cut. */
  readonly durable: boolean;
  /** What is set already: a service whose variable is set here is not started. */
  readonly given: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

interface Part<Service> {
  readonly environment: Environment;
  readonly service?: Service;
  readonly stop: () => Promise<void>;
}

/** Without this, Google's clients would look for a cloud around them, and warn that there is none. */
const onLaptop = { METADATA_SERVER_DETECTION: 'none' };

const leave = async (): Promise<void> => {};

/** Brings up whatever is not there yet, all at once, and puts into it what the functions expect. */
export async function startServices(options: ServiceOptions): Promise<Services> {
  const projectId = options.given.PROJECT_ID ?? 'banknote-loop';
  const bucket = options.given.BUCKET ?? 'banknote-loop-models';
  const [pubsub, storage, secrets, redis] = await allOrNone([
    openPubSub(options),
    openStorage(options),
    openSecrets(options),
    openRedis(options),
  ]);
  // The clients of Google's that prepare the services find them as the functions do.
  Object.assign(process.env, onLaptop, pubsub.environment, storage.environment);
  const stopOthers = () => stopAll([pubsub, storage, secrets, redis]);
  try {
    const [database] = await Promise.all([
      openDatabase(options, projectId, secrets.environment.SECRET_MANAGER_EMULATOR_HOST ?? ''),
      prepareBucket(projectId, bucket),
    ]);
    const parts = [pubsub, storage, secrets, redis, database];
    return {
      environment: Object.assign(
        { PROJECT_ID: projectId, BUCKET: bucket, ...onLaptop },
        ...parts.map(part => part.environment),
      ),
      pubsub: pubsub.service,
      storage: storage.service,
      postgres: database.service,
      redis: redis.service,
      stop: () => stopAll(parts),
    };
  } catch (error) {
    await stopOthers();
    throw error;
  }
}

async function openPubSub({ given, folder }: ServiceOptions): Promise<Part<PubSub>> {
  const { PUBSUB_EMULATOR_HOST } = given;
  if (PUBSUB_EMULATOR_HOST) return { environment: { PUBSUB_EMULATOR_HOST }, stop: leave };
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
  if (STORAGE_EMULATOR_HOST) return { environment: { STORAGE_EMULATOR_HOST }, stop: leave };
  const service = await startStorage({ folder: join(folder, 'storage') });
  return { environment: { STORAGE_EMULATOR_HOST: service.url }, service, stop: () => service.close() };
}

async function openSecrets({ given, folder }: ServiceOptions): Promise<Part<never>> {
  const { SECRET_MANAGER_EMULATOR_HOST } = given;
  if (SECRET_MANAGER_EMULATOR_HOST) return { environment: { SECRET_MANAGER_EMULATOR_HOST }, stop: leave };
  const service = await startSecrets({ folder: join(folder, 'secrets') });
  return { environment: { SECRET_MANAGER_EMULATOR_HOST: service.address }, stop: () => service.close() };
}

async function openRedis({ given, folder, say }: ServiceOptions): Promise<Part<Redis>> {
  const { REDISHOST, REDISPORT = '6379' } = given;
  if (REDISHOST) return { environment: { REDISHOST, REDISPORT }, stop: leave };
  await ensureRedisInstalled(say);
  const service = await startRedis({ folder: join(folder, 'redis') });
  const environment = { REDISHOST: service.host, REDISPORT: String(service.port) };
  return { environment, service, stop: () => service.stop() };
}

async function openDatabase(
  { given, folder, durable, say }: ServiceOptions,
  projectId: string,
  secretManager: string,
): Promise<Part<Postgres>> {
  const { DBHOST, DBPORT = '5432', DBNAME = 'banknotes', DBUSER = 'banknote_loop', PGPASSWORD } = given;
  if (DBHOST) {
    // A database of the user's own, with schema.sql loaded; its password goes where the functions look for it.
    await prepareSecret(projectId, secretManager, PGPASSWORD ?? '');
    return { environment: { DBHOST, DBPORT, DBNAME, DBUSER }, stop: leave };
  }
  const [service, password] = await Promise.all([
    startPostgres({ folder: join(folder, 'postgres'), durable, announce: say }),
    prepareSecret(projectId, secretManager, randomBytes(24).toString('base64url')),
  ]);
  try {
    const environment = await prepareDatabase(service, DBNAME, password);
    return { environment: { ...environment }, service, stop: () => service.stop() };
  } catch (error) {
    await service.stop();
    throw error;
  }
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
