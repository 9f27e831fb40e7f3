import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMonitoring } from './monitoring/start.ts';
import { type PubSub, startPubSub } from './pubsub/server.ts';
import { type Secrets, startSecrets } from './secrets/start.ts';
import { type LocalStorage, startStorage } from './storage/start.ts';

export interface LocalCloudOptions {
  /** The project that programs are told they are in. */
  readonly project?: string;
  /** Where all that is stored survives a restart; without it, all is gone at the end. */
  readonly data?: string;
  /** Free ports when left out. */
  readonly ports?: {
    readonly pubsub?: number;
    readonly storage?: number;
    readonly secrets?: number;
    readonly monitoring?: number;
  };
  /** The most pushes that are under way for one subscription. */
  readonly maxOutstandingPushes?: number;
}

export interface LocalCloud {
  readonly pubsub: PubSub;
  readonly storage: LocalStorage;
  readonly secrets: Secrets;
  /** What a program's environment needs, so that Google's clients and gcloud find these services. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts Pub/Sub, Cloud Storage and Secret Manager. */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const { project = 'local', data, ports = {}, maxOutstandingPushes } = options;
  const folder = data ?? mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const started: { close(): Promise<void> }[] = [];
  const kept = async <Service extends { close(): Promise<void> }>(service: Promise<Service>) => {
    started.push(await service);
    return service;
  };
  const close = async () => {
    await Promise.all(started.map(service => service.close()));
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const pubsub = await kept(
      startPubSub({
        ...(data !== undefined && { dataFolder: join(data, 'pubsub') }),
        ...(ports.pubsub !== undefined && { port: ports.pubsub }),
        ...(maxOutstandingPushes !== undefined && { maxOutstandingPushes }),
      }),
    );
    const monitoring = await kept(startMonitoring(() => pubsub.stats(), ports.monitoring));
    const storage = await kept(
      startStorage({
        folder: join(folder, 'storage'),
        ...(ports.storage !== undefined && { port: ports.storage }),
      }),
    );
    const secrets = await kept(
      startSecrets({
        folder: join(folder, 'secrets'),
        ...(ports.secrets !== undefined && { port: ports.secrets }),
      }),
    );
    const environment = {
      ...environmentOf(project, pubsub, storage, secrets),
      MONITORING_EMULATOR_HOST: monitoring.address,
    };
    return { pubsub, storage, secrets, environment, close };
  } catch (error) {
    // One port that is taken must not leave the other services running.
    await close();
    throw error;
  }
}

function environmentOf(
  project: string,
  pubsub: PubSub,
  storage: LocalStorage,
  secrets: Secrets,
): Readonly<Record<string, string>> {
  return {
    GOOGLE_CLOUD_PROJECT: project,
    PUBSUB_EMULATOR_HOST: pubsub.address,
    STORAGE_EMULATOR_HOST: storage.url,
    SECRET_MANAGER_EMULATOR_HOST: secrets.address,
    // Nobody needs credentials here; without this, clients look for them on the network.
    METADATA_SERVER_DETECTION: 'none',
    CLOUDSDK_CORE_PROJECT: project,
    CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'true',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB: `http://${pubsub.address}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${storage.url}/storage/v1/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: `http://${secrets.address}/`,
  };
}
