import type { protos } from '@google-cloud/secret-manager';
import { crc32c } from '../crc32c.ts';
import { applyFieldMask } from '../rpc/field-mask.ts';
import type { Methods } from '../rpc/methods.ts';
import { refuseOptions } from '../rpc/refused-options.ts';
import { failedPrecondition, invalidArgument } from '../rpc/rpc-error.ts';
import { pageOf } from './listing.ts';
import { checkedParent, checkedSecretName, parseVersionName, secretName } from './names.ts';
import { emptyMessage, protocol, service, wire } from './protocol.ts';
import { payloadReply, secretReply, versionReply } from './replies.ts';
import type { SecretStore, StoredSecret, StoredVersion } from './secret-store.ts';

type Secret = protos.google.cloud.secretmanager.v1.ISecret;
type Replication = protos.google.cloud.secretmanager.v1.IReplication;
type Payload = protos.google.cloud.secretmanager.v1.ISecretPayload;

const maximumBytes = 65_536;
const path = (method: string) => `/${service}/${method}`;

const refusedOptions = {
  topics: 'notifications (topics)',
  expireTime: 'expiry (expire_time)',
  ttl: 'expiry (ttl)',
  rotation: 'rotation (rotation)',
  versionAliases: 'aliases of versions (version_aliases)',
  versionDestroyTtl: 'delayed destruction (version_destroy_ttl)',
  customerManagedEncryption: 'encryption by keys of the customer (customer_managed_encryption)',
  tags: 'resource tags (tags)',
  etag: 'conditions by etag (etag)',
} satisfies Partial<Record<keyof Secret, string>>;
const refusedEtag = { etag: refusedOptions.etag };

/** Offers the methods of Secret Manager that this service has, and refuses the others by name. */
export function registerSecretMethods(methods: Methods, store: SecretStore): void {
  registerSecrets(methods, store);
  registerSecretLists(methods, store);
  registerVersions(methods, store);
  registerVersionStates(methods, store);
  methods.refuseOthers(
    protocol,
    service,
    method =>
      `The local Secret Manager does not implement ${method}. It keeps secrets and versions, and nothing besides.`,
  );
}

function registerSecrets(methods: Methods, store: SecretStore): void {
  methods.register({
    path: path('CreateSecret'),
    request: wire.CreateSecretRequest,
    response: wire.Secret,
    handle({ parent, secretId, secret }) {
      const name = secretName(parent, secretId);
      refuseOptions(secret ?? {}, refusedOptions);
      const { labels, annotations, replication } = secret ?? {};
      const locations = replicaLocations(replication);
      return secretReply(
        name,
        store.create(name, {
          labels: labels ?? {},
          annotations: annotations ?? {},
          ...(locations && { locations }),
        }),
      );
    },
  });

  methods.register({
    path: path('GetSecret'),
    request: wire.GetSecretRequest,
    response: wire.Secret,
    handle: ({ name }) => secretReply(name, store.secret(checkedSecretName(name))),
  });

  methods.register({
    path: path('UpdateSecret'),
    request: wire.UpdateSecretRequest,
    response: wire.Secret,
    handle({ secret, updateMask }) {
      const name = checkedSecretName(secret?.name ?? '');
      const present = store.secret(name);
      refuseOptions(secret ?? {}, refusedOptions);
      const updatable = { labels: 'labels', annotations: 'annotations' } as const;
      const update = { ...present, labels: secret?.labels ?? {}, annotations: secret?.annotations ?? {} };
      const merged = applyFieldMask<StoredSecret>(present, update, updateMask?.paths ?? [], updatable);
      return secretReply(name, store.update(name, merged));
    },
  });

  methods.register({
    path: path('DeleteSecret'),
    request: wire.DeleteSecretRequest,
    response: emptyMessage,
    handle({ name, etag }) {
      refuseOptions({ etag }, refusedEtag);
      store.delete(checkedSecretName(name));
      return {};
    },
  });
}

function registerSecretLists(methods: Methods, store: SecretStore): void {
  methods.register({
    path: path('ListSecrets'),
    request: wire.ListSecretsRequest,
    response: wire.ListSecretsResponse,
    handle(request) {
      const all = store.secretsOf(checkedParent(request.parent));
      const { page, ...rest } = pageOf(
        all,
        ([name, { labels, annotations }]) => ({
          name,
          fields: { ...withPrefix('labels.', labels), ...withPrefix('annotations.', annotations) },
        }),
        request,
      );
      return { secrets: page.map(([name, secret]) => secretReply(name, secret)), ...rest };
    },
  });

  methods.register({
    path: path('ListSecretVersions'),
    request: wire.ListSecretVersionsRequest,
    response: wire.ListSecretVersionsResponse,
    handle(request) {
      const { parent } = request;
      const newestFirst = store.secret(checkedSecretName(parent)).versions.toReversed();
      const { page, ...rest } = pageOf(
        newestFirst,
        ({ number, state }) => ({ name: `${parent}/versions/${number}`, fields: { state } }),
        request,
      );
      return { versions: page.map(version => versionReply(parent, version)), ...rest };
    },
  });
}

function registerVersions(methods: Methods, store: SecretStore): void {
  methods.register({
    path: path('AddSecretVersion'),
    request: wire.AddSecretVersionRequest,
    response: wire.SecretVersion,
    handle({ parent, payload }) {
      const data = checkedData(payload);
      return versionReply(parent, store.addVersion(checkedSecretName(parent), data));
    },
  });

  methods.register({
    path: path('GetSecretVersion'),
    request: wire.GetSecretVersionRequest,
    response: wire.SecretVersion,
    handle({ name }) {
      const parsed = parseVersionName(name);
      return versionReply(parsed.secret, store.version(parsed));
    },
  });

  methods.register({
    path: path('AccessSecretVersion'),
    request: wire.AccessSecretVersionRequest,
    response: wire.AccessSecretVersionResponse,
    handle({ name }) {
      const parsed = parseVersionName(name);
      return payloadReply(parsed.secret, readable(name, store.version(parsed)));
    },
  });
}

function registerVersionStates(methods: Methods, store: SecretStore): void {
  const changes = {
    DisableSecretVersion: version => ({ ...version, state: 'DISABLED' }),
    EnableSecretVersion: version => ({ ...version, state: 'ENABLED' }),
    DestroySecretVersion: version => ({
      ...version,
      state: 'DESTROYED',
      destroyed: new Date().toISOString(),
      data: '',
    }),
  } satisfies Record<string, (version: StoredVersion) => StoredVersion>;

  for (const [method, change] of Object.entries(changes)) {
    methods.register({
      path: path(method),
      // All three requests have the same fields.
      request: wire.DestroySecretVersionRequest,
      response: wire.SecretVersion,
      handle({ name, etag }) {
        refuseOptions({ etag }, refusedEtag);
        const parsed = parseVersionName(name);
        const changed = store.changeVersion(parsed, version => change(undestroyed(name, version)));
        return versionReply(parsed.secret, changed);
      },
    });
  }
}

/** Where a secret is asked to be; undefined stands for everywhere. */
function replicaLocations(replication: Replication | null | undefined): string[] | undefined {
  const { automatic, userManaged } = replication ?? {};
  if (!automatic && !userManaged) {
    throw invalidArgument('The secret has no replication. Choose automatic, or userManaged with replicas.');
  }
  const encryption = { key: refusedOptions.customerManagedEncryption };
  refuseOptions({ key: automatic?.customerManagedEncryption }, encryption);
  if (!userManaged) return undefined;
  const replicas = userManaged.replicas ?? [];
  for (const replica of replicas) refuseOptions({ key: replica.customerManagedEncryption }, encryption);
  if (replicas.length === 0) throw invalidArgument('The replication is userManaged and names no replicas.');
  return replicas.map(({ location }) => location ?? '');
}

function withPrefix(prefix: string, fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [`${prefix}${key}`, value]));
}

function checkedData(payload: Payload | null | undefined): Buffer {
  const data = Buffer.from(payload?.data ?? '');
  if (data.length === 0) throw invalidArgument('The payload is empty. Send data.');
  if (data.length > maximumBytes) throw invalidArgument(`The payload is larger than ${maximumBytes} bytes.`);
  const checksum = payload?.dataCrc32c ?? undefined;
  if (checksum !== undefined && Number(checksum) !== crc32c(data)) {
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
