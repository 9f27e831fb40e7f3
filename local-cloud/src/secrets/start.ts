import { promisify } from 'node:util';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { loadServiceDefinition, withTheRestUnimplemented } from './grpc-service.ts';
import { secretMethods } from './methods.ts';
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
  const definition = loadServiceDefinition();
  const server = new Server();
  server.addService(definition, withTheRestUnimplemented(definition, secretMethods(new SecretStore(folder))));
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind(`${host}:${wanted}`, ServerCredentials.createInsecure());

  return {
    host,
    port,
    address: `${host}:${port}`,
    async close() {
      // Idle clients keep their connection open for as long as the server lets them.
      server.forceShutdown();
    },
  };
}
