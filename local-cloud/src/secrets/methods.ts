import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { crc32c } from '../crc32c.ts';
import { failedPrecondition, invalidArgument } from './grpc-error.ts';
import { unary } from './grpc-service.ts';
import { checkedSecretName, parseVersionName, secretName } from './names.ts';
import { payloadReply, secretReply, versionReply } from './replies.ts';
import type { SecretStore, StoredVersion } from './secret-store.ts';

const maximumBytes = 65_536;

interface ByName {
  readonly name: string;
}
interface InParent {
  readonly parent: string;
}
interface Creation extends InParent {
  readonly secretId: string;
  readonly secret: { readonly labels?: Record<string, string> } | null;
}
interface Addition extends InParent {
  readonly payload: { readonly data: Buffer; readonly dataCrc32c?: string } | null;
}

/** The methods of Secret Manager that this service has. */
export function secretMethods(store: SecretStore): UntypedServiceImplementation {
  const changed = (name: string, change: (version: StoredVersion) => StoredVersion) => {
    const parsed = parseVersionName(name);
    return versionReply(parsed.secret, store.changeVersion(parsed, change));
  };

  return {
    CreateSecret: unary(({ parent, secretId, secret }: Creation) => {
      const name = secretName(parent, secretId);
      return secretReply(name, store.create(name, secret?.labels ?? {}));
    }),
    GetSecret: unary(({ name }: ByName) => secretReply(name, store.secret(checkedSecretName(name)))),
    ListSecrets: unary(({ parent }: InParent) => {
      const secrets = store.secretsOf(parent).map(([name, secret]) => secretReply(name, secret));
      return { secrets, totalSize: secrets.length };
    }),
    DeleteSecret: unary(({ name }: ByName) => {
      store.delete(checkedSecretName(name));
      return {};
    }),
    AddSecretVersion: unary(({ parent, payload }: Addition) => {
      const data = checkedData(payload);
      return versionReply(parent, store.addVersion(checkedSecretName(parent), data));
    }),
    GetSecretVersion: unary(({ name }: ByName) => {
      const parsed = parseVersionName(name);
      return versionReply(parsed.secret, store.version(parsed));
    }),
    AccessSecretVersion: unary(({ name }: ByName) => {
      const parsed = parseVersionName(name);
      return payloadReply(parsed.secret, readable(name, store.version(parsed)));
    }),
    ListSecretVersions: unary(({ parent }: InParent) => {
      const newestFirst = store.secret(checkedSecretName(parent)).versions.toReversed();
      const versions = newestFirst.map(version => versionReply(parent, version));
      return { versions, totalSize: versions.length };
    }),
    DisableSecretVersion: unary(({ name }: ByName) =>
      changed(name, version => ({ ...undestroyed(name, version), state: 'DISABLED' })),
    ),
    EnableSecretVersion: unary(({ name }: ByName) =>
      changed(name, version => ({ ...undestroyed(name, version), state: 'ENABLED' })),
    ),
    DestroySecretVersion: unary(({ name }: ByName) =>
      changed(name, version => ({
        ...undestroyed(name, version),
        state: 'DESTROYED',
        destroyed: new Date().toISOString(),
        data: '',
      })),
    ),
  };
}

function checkedData(payload: Addition['payload']): Buffer {
  if (!payload || payload.data.length === 0) throw invalidArgument('The payload is empty. Send data.');
  const { data, dataCrc32c } = payload;
  if (data.length > maximumBytes) throw invalidArgument(`The payload is larger than ${maximumBytes} bytes.`);
  if (dataCrc32c !== undefined && Number(dataCrc32c) !== crc32c(data)) {
    throw invalidArgument('The payload does not match its data_crc32c. Send it again.');
  }
  return data;
}

function readable(name: string, version: StoredVersion): StoredVersion {
  if (version.state === 'ENABLED') return version;
  throw failedPrecondition(`Secret Version [${name}] is in ${version.state} state.`);
}

function undestroyed(name: string, version: StoredVersion): StoredVersion {
  if (version.state !== 'DESTROYED') return version;
  throw failedPrecondition(`Secret Version [${name}] is in DESTROYED state, which is final.`);
}
