import type { protos } from '@google-cloud/secret-manager';
import { crc32c } from '../crc32c.ts';
import { wire } from './protocol.ts';
import type { StoredSecret, StoredVersion } from './secret-store.ts';

type Secret = protos.google.cloud.secretmanager.v1.ISecret;
type SecretVersion = protos.google.cloud.secretmanager.v1.ISecretVersion;
type Payload = protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse;
type Timestamp = protos.google.protobuf.ITimestamp;

export function secretReply(name: string, secret: StoredSecret): Secret {
  const { created, labels, annotations, locations } = secret;
  const replicas = locations?.map(location => ({ location }));
  const replication = replicas === undefined ? { automatic: {} } : { userManaged: { replicas } };
  return { name, createTime: timestamp(created), labels, annotations, replication };
}

export function versionReply(
  secret: string,
  { number, created, destroyed, state }: StoredVersion,
): SecretVersion {
  return {
    name: versionName(secret, number),
    createTime: timestamp(created),
    destroyTime: destroyed === undefined ? null : timestamp(destroyed),
    state: wire.SecretVersion.State[state],
  };
}

export function payloadReply(secret: string, { number, data: base64 }: StoredVersion): Payload {
  const data = Buffer.from(base64, 'base64');
  return { name: versionName(secret, number), payload: { data, dataCrc32c: crc32c(data) } };
}

/** `latest` is answered with the number that it stood for. */
function versionName(secret: string, number: number): string {
  return `${secret}/versions/${number}`;
}

function timestamp(iso: string): Timestamp {
  const milliseconds = Date.parse(iso);
  return { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1_000_000 };
}
