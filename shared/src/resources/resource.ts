import type { z } from 'zod';
import type { Facts, Logger } from '../base/log.ts';
import type { DataSet } from '../data-set/declaration.ts';

/** What a function may be given to work with. What it uses also decides which rights it gets when it is deployed. */
export type ResourceName =
  | 'database'
  | 'cache'
  | 'live-model'
  | 'model-store'
  | 'dead-letters'
  | 'monitoring'
  | 'access-control'
  | 'sign-in'
  | 'message-keys';

/**
 * A service outside that a function may use. A definition names it under `uses`, and that is all: its variables are
 * checked when the process starts, its client is opened once for each process when the first message or request needs
 * it and closed when the process ends, and the deployed function gets the rights that its name stands for. `open`
 * imports the client's package by itself, so that a definition costs nothing to read and a bundle holds only the
 * clients that its function uses; for the same reason each resource is a file of its own.
 */
export interface Resource<Client = unknown, Settings extends z.ZodObject = z.ZodObject> {
  readonly name: ResourceName;
  readonly settings: Settings;
  open(settings: z.output<Settings>, log: Logger, dataSet: DataSet): Promise<Opened<Client>>;
}

export interface Opened<Client> {
  readonly client: Client;
  /** How the client is doing, for every log line of the function. */
  readonly vitals?: () => Facts;
  close(): Promise<void>;
}

export function defineResource<Client, Settings extends z.ZodObject>(
  resource: Resource<Client, Settings>,
): Resource<Client, Settings> {
  return resource;
}
