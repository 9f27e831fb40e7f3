import type { z } from 'zod';
import type { Facts, Logger } from '../base/log.ts';

/** What a function may be given to work with. What it uses also decides which rights it gets when it is deployed. */
export type ResourceName =
  | 'database'
  | 'cache'
  | 'live-model'
  | 'model-store'
  | 'dead-letters'
  | 'monitoring'
  | 'access-control';

/**
 * A client that is opened once for each process, when the first message needs it. `open` imports the client's package
 * by itself, so that a definition costs nothing to read and a function loads only the clients that it uses.
 */
export interface Resource<Client = unknown, Settings extends z.ZodObject = z.ZodObject> {
  readonly name: ResourceName;
  readonly settings: Settings;
  open(settings: z.output<Settings>, log: Logger): Promise<Opened<Client>>;
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
