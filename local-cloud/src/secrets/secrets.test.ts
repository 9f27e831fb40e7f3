import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { credentials, status } from '@grpc/grpc-js';
import { type Secrets, startSecrets } from './start.ts';

const project = 'projects/banknote-loop';
const secret = `${project}/secrets/db-pass`;
let folder: string;
let server: Secrets;
let client: SecretManagerServiceClient;

function connect({ host, port }: Secrets): SecretManagerServiceClient {
  return new SecretManagerServiceClient({
    servicePath: host,
    port,
    sslCreds: credentials.createInsecure(),
    // Otherwise the client looks for credentials, only to learn which universe they belong to.
    clientOptions: { universeDomain: 'googleapis.com' },
  });
}

async function read(version: string): Promise<string | undefined> {
  const [{ payload }] = await client.accessSecretVersion({ name: `${secret}/versions/${version}` });
  return payload?.data?.toString();
}

const create = (secretId = 'db-pass') =>
  client.createSecret({
    parent: project,
    secretId,
    secret: { replication: { automatic: {} }, labels: { app: 'loop' } },
  });
const add = (data: string) =>
  client.addSecretVersion({ parent: secret, payload: { data: Buffer.from(data) } });

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'secrets-test-'));
  server = await startSecrets({ folder });
  client = connect(server);
});

afterEach(async () => {
  await client.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

it('hands out versions by number and the newest as latest, which it names by its number', async () => {
  await create();
  await add('first');
  await add('second');
  expect(await read('1')).toBe('first');
  expect(await read('latest')).toBe('second');
  const [reply] = await client.accessSecretVersion({ name: `${secret}/versions/latest` });
  expect(reply).toMatchObject({ name: `${secret}/versions/2`, payload: { dataCrc32c: expect.anything() } });
});

it('describes and lists secrets and versions', async () => {
  await create();
  await create('other');
  await add('first');
  await add('second');
  expect((await client.getSecret({ name: secret }))[0]).toMatchObject({
    name: secret,
    labels: { app: 'loop' },
  });
  const [secrets] = await client.listSecrets({ parent: project });
  expect(secrets.map(({ name }) => name)).toEqual([secret, `${project}/secrets/other`]);
  const [versions] = await client.listSecretVersions({ parent: secret });
  expect(versions.map(({ name, state }) => [name, state])).toEqual([
    [`${secret}/versions/2`, 'ENABLED'],
    [`${secret}/versions/1`, 'ENABLED'],
  ]);
});

it('lists page by page, and what a filter lets through', async () => {
  for (const id of ['one', 'two', 'three']) {
    await client.createSecret({
      parent: project,
      secretId: id,
      secret: { replication: { automatic: {} }, labels: { size: String(id.length) } },
    });
  }
  const idsOf = (secrets: readonly { name?: string | null }[]) =>
    secrets.map(({ name }) => name?.split('/').at(-1));
  const [first, next] = await client.listSecrets({ parent: project, pageSize: 2 }, { autoPaginate: false });
  expect(idsOf(first)).toEqual(['one', 'two']);
  expect(idsOf((await client.listSecrets(next ?? {}, { autoPaginate: false }))[0])).toEqual(['three']);
  const filtered = async (filter: string) =>
    idsOf((await client.listSecrets({ parent: project, filter }))[0]);
  expect(await filtered('labels.size=3')).toEqual(['one', 'two']);
  expect(await filtered('name:t AND NOT labels.size=3')).toEqual(['three']);
  await expect(filtered('createTime>2020')).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });

  await create();
  for (const data of ['a', 'b', 'c']) await add(data);
  await client.disableSecretVersion({ name: `${secret}/versions/2` });
  const [enabled] = await client.listSecretVersions({ parent: secret, filter: 'state:ENABLED' });
  expect(idsOf(enabled)).toEqual(['3', '1']);
});

it('changes labels and annotations', async () => {
  await create();
  const [updated] = await client.updateSecret({
    secret: { name: secret, labels: { app: 'other' }, annotations: { note: 'kept' } },
    updateMask: { paths: ['labels', 'annotations'] },
  });
  expect(updated).toMatchObject({ labels: { app: 'other' }, annotations: { note: 'kept' } });
  expect((await client.getSecret({ name: secret }))[0]).toEqual(updated);
  await expect(
    client.updateSecret({ secret: { name: secret }, updateMask: { paths: ['replication'] } }),
  ).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
});

it('refuses by name what it would otherwise drop', async () => {
  const automatic = { replication: { automatic: {} } };
  const refusals: [string, object][] = [
    ['ttl', { ...automatic, ttl: { seconds: 3600 } }],
    ['version_aliases', { ...automatic, versionAliases: { live: 1 } }],
    ['rotation', { ...automatic, rotation: { rotationPeriod: { seconds: 3600 } } }],
    ['topics', { ...automatic, topics: [{ name: 'projects/p/topics/t' }] }],
    ['customer', { replication: { automatic: { customerManagedEncryption: { kmsKeyName: 'k' } } } }],
  ];
  for (const [name, wanted] of refusals) {
    await expect(
      client.createSecret({ parent: project, secretId: 'refused', secret: wanted }),
    ).rejects.toMatchObject({ code: status.UNIMPLEMENTED, details: expect.stringContaining(name) });
  }
  await expect(
    client.createSecret({ parent: project, secretId: 'nowhere', secret: {} }),
  ).rejects.toMatchObject({ code: status.INVALID_ARGUMENT, details: expect.stringContaining('replication') });
  const somewhere = { userManaged: { replicas: [{ location: 'europe-west1' }] } };
  const [placed] = await client.createSecret({
    parent: project,
    secretId: 'somewhere',
    secret: { replication: somewhere },
  });
  expect(placed.replication).toMatchObject(somewhere);
});

it('speaks JSON over HTTP, too', async () => {
  await create();
  await add('value');
  const answer = await fetch(`http://${server.address}/v1/${secret}/versions/latest:access`);
  expect(await answer.json()).toMatchObject({
    name: `${secret}/versions/1`,
    payload: { data: Buffer.from('value').toString('base64') },
  });
  expect((await fetch(`http://${server.address}/v1/${secret}:getIamPolicy`)).status).toBe(501);
});

it('refuses to read a version that is disabled or destroyed', async () => {
  await create();
  await add('value');
  const name = `${secret}/versions/1`;
  await client.disableSecretVersion({ name });
  await expect(read('1')).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  await client.enableSecretVersion({ name });
  expect(await read('1')).toBe('value');
  await client.destroySecretVersion({ name });
  await expect(read('1')).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
  await expect(client.enableSecretVersion({ name })).rejects.toMatchObject({
    code: status.FAILED_PRECONDITION,
  });
});

it('answers with the codes of the real service', async () => {
  await expect(read('latest')).rejects.toMatchObject({ code: status.NOT_FOUND });
  await create();
  await expect(read('latest')).rejects.toMatchObject({ code: status.NOT_FOUND });
  await expect(create()).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
  await expect(create('not an id')).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  await expect(read('newest')).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  const wrong = { data: Buffer.from('value'), dataCrc32c: 1 };
  await expect(client.addSecretVersion({ parent: secret, payload: wrong })).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
  });
  await client.deleteSecret({ name: secret });
  await expect(client.getSecret({ name: secret })).rejects.toMatchObject({ code: status.NOT_FOUND });
});

it('says which methods there are when asked for another', async () => {
  await expect(client.getIamPolicy({ resource: secret })).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
    details: expect.stringContaining('does not implement GetIamPolicy'),
  });
});

it('keeps the secrets over a restart, for its owner only', async () => {
  await create();
  await add('kept');
  await client.close();
  await server.close();
  expect(statSync(path.join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);

  server = await startSecrets({ folder });
  client = connect(server);
  expect(await read('latest')).toBe('kept');
});

it('names a file that it cannot read', async () => {
  writeFileSync(path.join(folder, 'secrets.json'), '{');
  await expect(startSecrets({ folder })).rejects.toThrow('secrets.json is not a file of secrets');
});

it('is reached without a look for credentials', async () => {
  let asked = 0;
  const metadataServer = createServer((_request, response) => {
    asked += 1;
    response.end();
  });
  await new Promise<void>(resolve => metadataServer.listen(0, '127.0.0.1', resolve));
  const address = metadataServer.address();
  process.env.GCE_METADATA_HOST = typeof address === 'object' ? `127.0.0.1:${address?.port}` : '';
  await create();
  delete process.env.GCE_METADATA_HOST;
  metadataServer.close();
  expect(asked).toBe(0);
});
