import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { type Services, sendError } from './exchange.ts';
import { ObjectStore } from './object-store.ts';
import { refuseParameters } from './refusals.ts';
import { ResumableUploads } from './resumable-uploads.ts';
import { findRoute } from './routes.ts';
import { Staging } from './staging.ts';
import { invalid, unavailable } from './storage-error.ts';

const host = '127.0.0.1';

export interface StorageOptions {
  readonly port?: number;
  /** Where buckets and objects are kept. */
  readonly folder: string;
}

interface StorageFaults {
  /** The share of requests, from 0 to 1, that is answered with 503 instead of being carried out. */
  failShare: number;
}

export interface LocalStorage {
  readonly host: string;
  readonly port: number;
  /** The value of STORAGE_EMULATOR_HOST. */
  readonly url: string;
  readonly faults: StorageFaults;
  /** How many requests were failed on purpose. */
  readonly injected: number;
  close(): Promise<void>;
}

/** Starts an object store that speaks the part of the Cloud Storage JSON API which its official clients use. */
export async function startStorage({ port: wanted = 0, folder }: StorageOptions): Promise<LocalStorage> {
  const services = openServices(folder);
  const faults: StorageFaults = { failShare: 0 };
  let owed = 0;
  let injected = 0;

  const server = createServer(async (request, response) => {
    try {
      // Evenly spread rather than by chance: one in three is every third, and its repetition gets through.
      owed += faults.failShare;
      if (owed >= 1) {
        owed -= 1;
        injected += 1;
        throw unavailable('The service is unavailable on purpose. Try again.');
      }
      await answer(request, response, services);
    } catch (error) {
      sendError(response, error);
    }
  });
  await once(server.listen(wanted, host), 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    host,
    port,
    url: `http://${host}:${port}`,
    faults,
    get injected() {
      return injected;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function openServices(folder: string): Services {
  const store = new ObjectStore(path.join(folder, 'buckets'));
  const uploads = new ResumableUploads(path.join(folder, 'uploads'), store);
  return { store, uploads, staging: new Staging(path.join(folder, 'staging')) };
}

async function answer(request: IncomingMessage, response: ServerResponse, services: Services): Promise<void> {
  const origin = `http://${request.headers.host ?? host}`;
  const { pathname, searchParams } = addressOf(request, origin);
  refuseParameters(searchParams, request.headers);
  const { handler, params } = findRoute(request.method ?? 'GET', pathname);
  const param = (name: string): string => params.get(name) ?? '';
  await handler({ ...services, request, response, origin, query: searchParams, param });
}

function addressOf({ url = '/' }: IncomingMessage, origin: string): URL {
  if (!URL.canParse(url, origin)) throw invalid(`The address ${url} is malformed.`);
  return new URL(url, origin);
}
