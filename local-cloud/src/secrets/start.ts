import { Server } from '@grpc/grpc-js';
import { Methods, toStatus } from '../rpc/methods.ts';
import { listenOnOnePort } from '../rpc/one-port.ts';
import { restDoor } from '../rpc/rest-door.ts';
import { registerSecretMethods } from './methods.ts';
import { protocol, service } from './protocol.ts';
import { SecretStore } from './secret-store.ts';

const host = '127.0.0.1';

export interface SecretsOptions {
  readonly port?: number;
  /** Where the secrets are kept. */
  readonly folder: string;
}

export interface Secrets {
  readonly host: string;
  readonly port: number;
  /** The value of SECRET_MANAGER_EMULATOR_HOST. */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts a Secret Manager that speaks the real protocol, without encryption, on the loopback interface. */
export async function startSecrets({ port: wanted = 0, folder }: SecretsOptions): Promise<Secrets> {
  const methods = new Methods(new Server());
  registerSecretMethods(methods, new SecretStore(folder));
  const rest = restDoor({ root: protocol, services: [service], methods, toError: toStatus });
  const listening = await listenOnOnePort({ grpc: methods.grpc, rest, service: 'Secret Manager' }, wanted);
  const { port } = listening;

  return {
    host,
    port,
    address: `${host}:${port}`,
    close: listening.close,
  };
}
