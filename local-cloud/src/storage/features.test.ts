import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Bucket, IdempotencyStrategy, Storage } from '@google-cloud/storage';
import { type LocalStorage, startStorage } from './start.ts';

const retryOptions = { maxRetryDelay: 1, idempotencyStrategy: IdempotencyStrategy.RetryAlways };
let folder: string;
let server: LocalStorage;
let storage: Storage;
let bucket: Bucket;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'storage-test-'));
  server = await startStorage({ folder });
  storage = new Storage({ projectId: 'test', apiEndpoint: server.url, retryOptions });
  [bucket] = await storage.createBucket('models', { location: 'europe-west1' });
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const textOf = async (name: string) => (await bucket.file(name).download())[0].toString();

describe('buckets', () => {
  it('are where they were asked to be', async () => {
    expect((await bucket.getMetadata())[0]).toMatchObject({
      location: 'EUROPE-WEST1',
      locationType: 'region',
    });
    const [other] = await storage.createBucket('anywhere');
    expect((await other.getMetadata())[0]).toMatchObject({ location: 'US', locationType: 'multi-region' });
    const customPlacementConfig = { dataLocations: ['US-EAST1', 'US-WEST1'] };
    const [two] = await storage.createBucket('in-two-regions', { location: 'us', customPlacementConfig });
    expect((await two.getMetadata())[0]).toMatchObject({
      customPlacementConfig,
      locationType: 'dual-region',
    });
  });

  it('stay where they are', async () => {
    await expect(bucket.setMetadata({ location: 'us-east1' })).rejects.toMatchObject({ code: 400 });
    await bucket.setMetadata({ location: 'europe-west1', labels: { app: 'loop' } });
    expect((await bucket.getMetadata())[0]).toMatchObject({
      location: 'EUROPE-WEST1',
      labels: { app: 'loop' },
    });
  });

  it('are changed label by label', async () => {
    await bucket.setLabels({ app: 'loop', team: 'notes' });
    await bucket.deleteLabels('team');
    await bucket.deleteLabels('app');
    expect((await bucket.getMetadata())[0].labels).toBeUndefined();
    await bucket.setLabels({ app: 'loop' });
    await bucket.setStorageClass('nearline');
    expect((await bucket.getMetadata())[0]).toMatchObject({
      labels: { app: 'loop' },
      storageClass: 'NEARLINE',
      metageneration: '6',
    });
    await bucket.file('cold').save('x');
    expect((await bucket.file('cold').getMetadata())[0].storageClass).toBe('NEARLINE');
    await expect(bucket.setMetadata({ labels: {} }, { ifMetagenerationMatch: 1 })).rejects.toMatchObject({
      code: 412,
    });
  });
});

it('buckets say who has access part by part, in the words that there are', async () => {
  await bucket.setMetadata({ iamConfiguration: { publicAccessPrevention: 'enforced' } });
  await bucket.setMetadata({ iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } });
  expect((await bucket.getMetadata())[0].iamConfiguration).toEqual({
    publicAccessPrevention: 'enforced',
    uniformBucketLevelAccess: { enabled: true },
  });
  const unknown = { iamConfiguration: { publicAccessPrevention: 'perhaps' } };
  await expect(bucket.setMetadata(unknown)).rejects.toMatchObject({ code: 400 });
});

describe('versions', () => {
  beforeEach(() => bucket.setMetadata({ versioning: { enabled: true } }));

  const generationsOf = async (name: string) =>
    (await bucket.getFiles({ prefix: name, versions: true }))[0].map(({ metadata }) =>
      Number(metadata.generation),
    );

  it('are kept when an object is replaced or deleted, and read by their generation', async () => {
    const file = bucket.file('changing');
    for (const text of ['one', 'two']) await file.save(text);
    await bucket.file('changing').delete();
    const [one = 0, two = 0] = await generationsOf('changing');
    expect((await bucket.file('changing', { generation: one }).download())[0].toString()).toBe('one');
    expect((await bucket.file('changing', { generation: two }).getMetadata())[0].timeDeleted).toBeDefined();
    expect(await bucket.file('changing').exists()).toEqual([false]);
    expect((await bucket.getFiles())[0]).toEqual([]);

    await bucket.file('changing', { generation: one }).copy(bucket.file('changing'));
    expect(await textOf('changing')).toBe('one');
  });

  it('outlive a restart, and go for good when they are deleted by generation', async () => {
    for (const text of ['one', 'two', 'three']) await bucket.file('changing').save(text);
    const before = await generationsOf('changing');
    await server.close();
    server = await startStorage({ folder, port: server.port });
    expect(await generationsOf('changing')).toEqual(before);
    await expect(bucket.delete()).rejects.toMatchObject({ code: 409 });
    for (const generation of before) await bucket.file('changing', { generation }).delete();
    expect(await generationsOf('changing')).toEqual([]);
    await bucket.delete();
  });
});

describe('holds and retention', () => {
  it.each(['temporaryHold', 'eventBasedHold'])('keeps an object under %s as it is', async hold => {
    const file = bucket.file('held');
    await file.save('first');
    await file.setMetadata({ [hold]: true });
    await expect(bucket.file('held').delete()).rejects.toMatchObject({ code: 403 });
    await expect(bucket.file('held').save('second')).rejects.toMatchObject({ code: 403 });
    await file.setMetadata({ [hold]: false });
    await bucket.file('held').delete();
  });

  it('puts new objects on hold where the bucket says so', async () => {
    await bucket.setMetadata({ defaultEventBasedHold: true });
    await bucket.file('held').save('x');
    await expect(bucket.file('held').delete()).rejects.toMatchObject({ code: 403 });
  });

  it('keeps objects for as long as the bucket retains them', async () => {
    await bucket.file('kept').save('x');
    await bucket.setRetentionPeriod(3600);
    const [{ retentionExpirationTime, timeCreated }] = await bucket.file('kept').getMetadata();
    expect(Date.parse(String(retentionExpirationTime)) - Date.parse(String(timeCreated))).toBe(3_600_000);
    await expect(bucket.file('kept').delete()).rejects.toMatchObject({ code: 403 });
    await bucket.removeRetentionPeriod();
    await bucket.file('kept').delete();
  });
});

it('counts retention from the end of an event-based hold', async () => {
  await bucket.setRetentionPeriod(3600);
  const file = bucket.file('awaited');
  await file.save('x', { metadata: { eventBasedHold: true } });
  expect((await file.getMetadata())[0].retentionExpirationTime).toBeUndefined();
  const [{ retentionExpirationTime, updated }] = await file.setMetadata({ eventBasedHold: false });
  expect(Date.parse(String(retentionExpirationTime)) - Date.parse(String(updated))).toBe(3_600_000);
});

it('lets a locked retention policy only become longer', async () => {
  await bucket.setRetentionPeriod(3600);
  await expect(bucket.lock(1)).rejects.toMatchObject({ code: 412 });
  const unconditional = await fetch(`${server.url}/storage/v1/b/models/lockRetentionPolicy`, {
    method: 'POST',
  });
  expect(unconditional.status).toBe(400);
  await bucket.lock(2);
  await expect(bucket.setRetentionPeriod(1800)).rejects.toMatchObject({ code: 403 });
  await expect(bucket.removeRetentionPeriod()).rejects.toMatchObject({ code: 403 });
  await bucket.setRetentionPeriod(7200);
  expect((await bucket.getMetadata())[0].retentionPolicy).toMatchObject({
    retentionPeriod: '7200',
    isLocked: true,
  });
});

it('composes objects', async () => {
  for (const name of ['a', 'b']) await bucket.file(name).save(name, { contentType: 'text/plain' });
  await bucket.combine(['a', 'b'], 'both');
  expect(await textOf('both')).toBe('ab');
  expect((await bucket.file('both').getMetadata())[0]).toMatchObject({
    componentCount: 2,
    contentType: 'text/plain',
  });
  await expect(bucket.combine(['a', 'nowhere'], 'both')).rejects.toMatchObject({ code: 404 });
});

it('moves within the bucket, at once', async () => {
  await bucket.file('before').save('content');
  await bucket.file('before').moveFileAtomic('after');
  expect(await textOf('after')).toBe('content');
  expect(await bucket.file('before').exists()).toEqual([false]);
});

it('lists by pattern', async () => {
  for (const name of ['a.txt', 'b.json', 'x/a.txt', 'x/y/c.txt', 'x/[d].txt'])
    await bucket.file(name).save('');
  const listed = async (matchGlob: string) =>
    (await bucket.getFiles({ matchGlob }))[0].map(({ name }) => name);
  expect(await listed('*.txt')).toEqual(['a.txt']);
  expect(await listed('**.txt')).toEqual(['a.txt', 'x/[d].txt', 'x/a.txt', 'x/y/c.txt']);
  expect(await listed('x/*.txt')).toEqual(['x/[d].txt', 'x/a.txt']);
  expect(await listed('?.{txt,json}')).toEqual(['a.txt', 'b.json']);
  expect(await listed('**/[a-b].txt')).toEqual(['a.txt', 'x/a.txt']);
});

it('answers the fields that are asked for', async () => {
  for (const name of ['a', 'b'])
    await bucket.file(name).save('', { metadata: { metadata: { color: name } } });
  const ask = async (fields: string) => {
    const address = `${server.url}/storage/v1/b/models/o?maxResults=1&fields=${encodeURIComponent(fields)}`;
    return (await fetch(address)).json();
  };
  const inBrackets = await ask('items(name,metadata(color)),nextPageToken');
  expect(inBrackets).toEqual({
    items: [{ name: 'a', metadata: { color: 'a' } }],
    nextPageToken: expect.any(String),
  });
  expect(await ask('items/metadata/color,prefixes,items/size')).toEqual({
    items: [{ metadata: { color: 'a' }, size: '0' }],
    prefixes: [],
  });
  expect(await ask('items/*/color')).toEqual({
    items: [expect.objectContaining({ metadata: { color: 'a' } })],
  });
  expect(await ask('*')).toMatchObject({ kind: 'storage#objects', prefixes: [] });
});

it('has the limits of Google', async () => {
  for (const name of ['two\nlines', 'back\r', '.', '..', '.well-known/acme-challenge/x', 'x'.repeat(1025)]) {
    await expect(bucket.file(name).save('x', { resumable: false })).rejects.toMatchObject({ code: 400 });
  }
  const tooLarge = { code: 400, message: expect.stringContaining('Metadata part is too large') };
  const metadata = { metadata: { note: 'x'.repeat(8192) } };
  await expect(bucket.file('x').save('x', { resumable: false, metadata })).rejects.toMatchObject(tooLarge);
  await bucket.file('x').save('x');
  await expect(bucket.file('x').setMetadata(metadata)).rejects.toMatchObject(tooLarge);
});

describe('compressed objects', () => {
  const content = gzipSync('unpacked');
  beforeEach(() => bucket.file('packed').save(content, { metadata: { contentEncoding: 'gzip' } }));

  it('are unpacked by the client, or by the service for those who cannot', async () => {
    expect(await textOf('packed')).toBe('unpacked');
    const address = `${server.url}/storage/v1/b/models/o/packed?alt=media`;
    const plain = await fetch(address, { headers: { 'accept-encoding': 'identity' } });
    expect([await plain.text(), plain.headers.get('content-encoding')]).toEqual(['unpacked', null]);
  });

  it('stay as they are where nobody may change them', async () => {
    await bucket.file('packed').setMetadata({ cacheControl: 'no-transform' });
    const raw = await bucket.file('packed').download({ decompress: false });
    expect(raw[0].equals(content)).toBe(true);
  });
});

describe('the ways of other clients', () => {
  it('reads by bucket and object alone, as Go does', async () => {
    await bucket.file('a folder/ü.txt').save('content');
    const address = `${server.url}/models/a%20folder/%C3%BC.txt`;
    expect(await (await fetch(address)).text()).toBe('content');
    const head = await fetch(address, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
    expect((await fetch(address, { headers: { range: 'bytes=0-2' } })).status).toBe(206);
    expect((await fetch(`${server.url}/models/nowhere`)).status).toBe(404);
  });

  it('reads what is as it is expected, or new', async () => {
    await bucket.file('x').save('content');
    const [{ generation, metageneration }] = await bucket.file('x').getMetadata();
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/models/x`, { headers })).status;
    expect(await status({ 'x-goog-if-generation-match': String(generation) })).toBe(200);
    expect(await status({ 'x-goog-if-generation-match': '1' })).toBe(412);
    expect(await status({ 'x-goog-if-metageneration-match': `${Number(metageneration) + 1}` })).toBe(412);
    const etag = (await fetch(`${server.url}/models/x`)).headers.get('etag') ?? '';
    expect(await status({ 'if-none-match': `"other", "${etag}"` })).toBe(304);
    expect(await status({ 'if-match': etag })).toBe(200);
    expect(await status({ 'if-match': '"other"' })).toBe(412);
  });

  it('continues uploads by POST and says 308 in a header, as Go wants it', async () => {
    const begun = await fetch(
      `${server.url}/resumable/upload/storage/v1/b/models/o?uploadType=resumable&name=x`,
      {
        method: 'POST',
      },
    );
    const send = (body: string, range: string) =>
      fetch(begun.headers.get('location') ?? '', {
        method: 'POST',
        body,
        headers: { 'content-range': range, 'x-guploader-no-308': 'yes' },
      });
    const first = await send('01', 'bytes 0-1/*');
    expect([first.status, first.headers.get('x-http-status-code-override')]).toEqual([200, '308']);
    expect(first.headers.get('range')).toBe('bytes=0-1');
    expect(await (await send('23', 'bytes 2-3/4')).json()).toMatchObject({ name: 'x', size: '4' });
  });

  it.each([
    ['"', '\r\n'],
    ["'", '\n'],
    ['', '\n'],
  ])('takes uploads in parts with boundaries in %s and lines that end in %j', async (quote, lineEnd) => {
    const content = 'first\r\n\r\nsecond\n';
    const body = [
      ['--==a b==', 'content-type: application/json', '', '{"name":"parts"}'],
      ['--==a b==', 'content-type: text/plain', '', content],
      ['--==a b==--', ''],
    ];
    const boundary = quote === '' ? '==ab==' : '==a b==';
    const text = body.flat().join(lineEnd).replaceAll('==a b==', boundary);
    await fetch(`${server.url}/upload/storage/v1/b/models/o?uploadType=multipart`, {
      method: 'POST',
      body: text,
      headers: { 'content-type': `multipart/related; boundary=${quote}${boundary}${quote}` },
    });
    expect(await textOf('parts')).toBe(content);
    expect((await bucket.file('parts').getMetadata())[0].contentType).toBe('text/plain');
  });
});

describe('what is not there is refused by name', () => {
  // By no 5xx, which Go's client would repeat for ever.
  const notThere = (name: string) => ({ code: 400, message: expect.stringContaining(name) });

  it('in buckets', async () => {
    const refusals: [string, () => Promise<unknown>][] = [
      ['lifecycle', () => bucket.addLifecycleRule({ action: { type: 'Delete' }, condition: { age: 1 } })],
      ['cors', () => bucket.setCorsConfiguration([{ origin: ['*'] }])],
      ['iam', () => bucket.iam.getPolicy()],
      ['logging', () => bucket.setMetadata({ logging: { logBucket: 'logs' } })],
      ['notificationConfigs', () => bucket.getNotifications()],
      ['acl', () => bucket.acl.get()],
      ['website', () => storage.createBucket('site', { website: { mainPageSuffix: 'index.html' } })],
      ['predefinedAcl', () => storage.createBucket('open', { predefinedAcl: 'publicRead' })],
    ];
    for (const [name, attempt] of refusals) await expect(attempt()).rejects.toMatchObject(notThere(name));
  });

  it('in objects', async () => {
    const file = bucket.file('x');
    await file.save('x');
    const refusals: [string, () => Promise<unknown>][] = [
      ['predefinedAcl', () => file.save('x', { predefinedAcl: 'publicRead', resumable: false })],
      [
        'encryption',
        () => bucket.file('x', { encryptionKey: Buffer.alloc(32) }).save('x', { resumable: false }),
      ],
      ['kmsKeyName', () => bucket.file('x', { kmsKeyName: 'key' }).save('x', { resumable: false })],
      ['NEARLINE', () => file.setMetadata({ storageClass: 'NEARLINE' })],
      ['retention', () => file.setMetadata({ retention: { mode: 'Locked', retainUntilTime: '2100-01-01' } })],
      ['acl', () => file.makePublic()],
      ['enableObjectRetention', () => storage.createBucket('locked', { enableObjectRetention: true })],
      ['softDeleted', () => bucket.getFiles({ softDeleted: true })],
    ];
    for (const [name, attempt] of refusals) {
      const answer = await attempt().then(
        () => `${name} was taken`,
        ({ code, message }) => ({ code, message }),
      );
      expect(answer).toMatchObject(notThere(name));
    }
  });
});
