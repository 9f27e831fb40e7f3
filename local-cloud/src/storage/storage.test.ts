import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Bucket, IdempotencyStrategy, Storage } from '@google-cloud/storage';
import { type LocalStorage, startStorage } from './start.ts';

const projectId = 'banknote-loop';
const createOnly = { preconditionOpts: { ifGenerationMatch: 0 } };
// A second is the shortest pause that the client accepts.
const quickRetries = {
  maxRetries: 20,
  maxRetryDelay: 1,
  retryDelayMultiplier: 1,
  idempotencyStrategy: IdempotencyStrategy.RetryAlways,
};
const megabyte = 1024 * 1024;

const connectTo = (apiEndpoint: string) =>
  new Storage({ projectId, apiEndpoint, retryOptions: quickRetries });

const constructions: Record<string, (url: string) => Storage> = {
  'that is given the address': connectTo,
  'that finds STORAGE_EMULATOR_HOST': url => {
    process.env.STORAGE_EMULATOR_HOST = url;
    const client = new Storage({ projectId, retryOptions: quickRetries });
    delete process.env.STORAGE_EMULATOR_HOST;
    return client;
  },
};

let folder: string;
let server: LocalStorage;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'storage-test-'));
  server = await startStorage({ folder });
});

const usualListeners = EventEmitter.defaultMaxListeners;
afterEach(async () => {
  EventEmitter.defaultMaxListeners = usualListeners;
  await server.close();
  rmSync(folder, { recursive: true });
});

describe.each(Object.entries(constructions))('the official client %s', (_title, construct) => {
  let storage: Storage;
  let bucket: Bucket;

  beforeEach(async () => {
    storage = construct(server.url);
    [bucket] = await storage.createBucket('models', { labels: { app: 'loop' } });
  });

  it('creates, describes, lists and deletes buckets', async () => {
    await storage.createBucket('another');
    expect((await storage.getBuckets())[0].map(({ name }) => name)).toEqual(['another', 'models']);
    expect((await bucket.getMetadata())[0]).toMatchObject({ name: 'models', labels: { app: 'loop' } });
    await expect(storage.createBucket('models')).rejects.toMatchObject({ code: 409 });
    await expect(storage.createBucket('Not A Name')).rejects.toMatchObject({ code: 400 });
    await bucket.file('some').save('content');
    await expect(bucket.delete()).rejects.toMatchObject({ code: 409 });
    await storage.bucket('another').delete();
    expect(await storage.bucket('another').exists()).toEqual([false]);
  });

  it.each([
    ['in one request', false],
    ['in several requests', true],
  ])('uploads %s and downloads what it uploaded', async (_way, resumable) => {
    const file = bucket.file('folder/a model ü.json');
    await file.save('{"weights":[1]}', {
      resumable,
      contentType: 'application/json',
      metadata: { metadata: { job: '7' } },
    });
    expect((await file.download({ validation: 'md5' }))[0].toString()).toBe('{"weights":[1]}');
    expect((await file.download({ validation: 'crc32c' }))[0].toString()).toBe('{"weights":[1]}');
    expect((await file.download({ start: 2, end: 8 }))[0].toString()).toBe('weights');
    expect((await file.getMetadata())[0]).toMatchObject({
      bucket: 'models',
      name: 'folder/a model ü.json',
      contentType: 'application/json',
      size: '15',
      metageneration: '1',
      metadata: { job: '7' },
      generation: expect.stringMatching(/^\d{16}$/),
      crc32c: expect.any(String),
      md5Hash: expect.any(String),
    });
  });

  it.each([false, true])('keeps empty objects (resumable: %s)', async resumable => {
    await bucket.file('empty').save('', { resumable });
    expect((await bucket.file('empty').download())[0]).toHaveLength(0);
  });

  it.each([false, true])('creates an object only once (resumable: %s)', async resumable => {
    const file = bucket.file('once');
    await file.save('first', { ...createOnly, resumable });
    await expect(bucket.file('once').save('second', { ...createOnly, resumable })).rejects.toMatchObject({
      code: 412,
    });
    expect((await bucket.file('once').download())[0].toString()).toBe('first');
  });

  it('lets one of many win that create the same object at the same time', async () => {
    const attempts = Array.from({ length: 8 }, (_, index) =>
      bucket.file('contended').save(`from ${index}`, { ...createOnly, resumable: index % 2 === 0 }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('replaces an object by a newer generation', async () => {
    const file = bucket.file('changing');
    await file.save('old');
    const [{ generation: before }] = await file.getMetadata();
    await bucket.file('changing').save('new', { preconditionOpts: { ifGenerationMatch: Number(before) } });
    const [{ generation: after }] = await bucket.file('changing').getMetadata();
    expect(Number(after)).toBeGreaterThan(Number(before));
    await expect(bucket.file('changing', { generation: Number(before) }).download()).rejects.toMatchObject({
      code: 404,
    });
    expect(readdirSync(path.join(folder, 'buckets', 'models'))).toHaveLength(3);
  });

  it('refuses content that does not match its checksums', async () => {
    const wrong = { metadata: { crc32c: 'AAAAAA==' }, validation: false, resumable: false };
    await expect(bucket.file('damaged').save('content', wrong)).rejects.toMatchObject({ code: 400 });
    const wrongMd5 = {
      metadata: { md5Hash: 'AAAAAAAAAAAAAAAAAAAAAA==' },
      validation: false,
      resumable: true,
    };
    await expect(bucket.file('damaged').save('content', wrongMd5)).rejects.toMatchObject({ code: 400 });
    expect(await bucket.file('damaged').exists()).toEqual([false]);
    expect(readdirSync(path.join(folder, 'staging'))).toEqual([]);
  });

  it('changes metadata and takes it away', async () => {
    const file = bucket.file('described');
    await file.save('content', { contentType: 'text/plain', metadata: { metadata: { a: '1', b: '2' } } });
    await file.setMetadata({ cacheControl: 'no-store', metadata: { a: null, c: '3' } });
    const [metadata] = await file.getMetadata();
    expect(metadata).toMatchObject({
      contentType: 'text/plain',
      cacheControl: 'no-store',
      metageneration: '2',
    });
    expect(metadata.metadata).toEqual({ b: '2', c: '3' });
    await expect(file.setMetadata({ cacheControl: '' }, { ifMetagenerationMatch: 1 })).rejects.toMatchObject({
      code: 412,
    });
  });

  it('lists by prefix, delimiter and page', async () => {
    for (const name of ['a/1', 'a/2', 'b/1', 'c']) await bucket.file(name).save(name);
    const names = async (query: object) => (await bucket.getFiles(query))[0].map(({ name }) => name);
    expect(await names({ prefix: 'a/' })).toEqual(['a/1', 'a/2']);
    expect(await names({ delimiter: '/', autoPaginate: false })).toEqual(['c']);
    expect(await names({ maxResults: 3, autoPaginate: false })).toEqual(['a/1', 'a/2', 'b/1']);
    const [firstPage, next] = await bucket.getFiles({ maxResults: 3, autoPaginate: false });
    const [secondPage] = await bucket.getFiles({ ...next });
    expect([...firstPage, ...secondPage].map(({ name }) => name)).toEqual(['a/1', 'a/2', 'b/1', 'c']);
  });

  it('copies and moves', async () => {
    await bucket.file('original').save('content', { contentType: 'text/plain' });
    await bucket.file('original').copy(bucket.file('copy'));
    await bucket.file('original').move(bucket.file('moved'));
    expect(await bucket.file('original').exists()).toEqual([false]);
    expect((await bucket.file('copy').getMetadata())[0]).toMatchObject({
      contentType: 'text/plain',
      size: '7',
    });
    expect((await bucket.file('moved').download())[0].toString()).toBe('content');
  });

  it('deletes, and knows nothing afterwards', async () => {
    const file = bucket.file('doomed');
    await file.save('content');
    await expect(bucket.file('doomed').delete({ ifGenerationMatch: 1 })).rejects.toMatchObject({ code: 412 });
    await file.delete();
    expect(await file.exists()).toEqual([false]);
    await expect(file.download()).rejects.toMatchObject({ code: 404 });
    await expect(file.getMetadata()).rejects.toMatchObject({ code: 404 });
    await expect(file.delete()).rejects.toMatchObject({ code: 404 });
    await file.delete({ ignoreNotFound: true });
    await expect(storage.bucket('nowhere').file('x').save('x')).rejects.toMatchObject({ code: 404 });
    await expect(storage.bucket('nowhere').getFiles()).rejects.toMatchObject({ code: 404 });
  });

  it('gets its work done while one request in three fails', async () => {
    server.faults.failShare = 1 / 3;
    // Not resumable ones: the client gives up an upload whose first piece was refused, rather than send it again.
    for (let index = 0; index < 10; index += 1) {
      await bucket.file(`note ${index}`).save('content', { resumable: false, ...createOnly });
    }
    const [files] = await bucket.getFiles();
    expect(files).toHaveLength(10);
    expect(server.injected).toBeGreaterThan(0);
  });

  it('finds everything again after a restart', async () => {
    await bucket.file('kept').save('content', { metadata: { metadata: { job: '7' } } });
    const [before] = await bucket.file('kept').getMetadata();
    await server.close();
    server = await startStorage({ folder, port: server.port });
    expect((await bucket.file('kept').getMetadata())[0]).toEqual(before);
    expect((await bucket.file('kept').download())[0].toString()).toBe('content');
  });
});

it('uploads 20 MB in pieces over a line that is cut twice', async () => {
  // Google's client adds listeners to one stream with each piece and each repetition, and takes them away at the end:
  // without this, Node.js would take that for a leak.
  EventEmitter.defaultMaxListeners = 50;
  await createModels();
  const content = randomBytes(20 * megabyte);
  const line = await startUnreliableLine(server.port, [3 * megabyte, 9 * megabyte + 12_345]);
  const file = connectTo(line.url).bucket('models').file('big');
  await pipeline(
    Readable.from([content]),
    file.createWriteStream({ resumable: true, chunkSize: 4 * megabyte, ...createOnly }),
  );
  expect(line.cuts).toBe(2);
  await line.close();
  expect((await connectTo(server.url).bucket('models').file('big').download())[0].equals(content)).toBe(true);
});

it('is reached by the client without a look for credentials', async () => {
  const asked: string[] = [];
  process.env.GCE_METADATA_HOST = `127.0.0.1:${server.port}`;
  const storage = new Storage({ projectId, apiEndpoint: server.url });
  storage.authClient.getClient = () => {
    asked.push('credentials');
    return Promise.reject(new Error('There are no credentials on a laptop.'));
  };
  const [bucket] = await storage.createBucket('models');
  await bucket.file('simple').save('x', { resumable: false });
  await bucket.file('resumable').save('x', { resumable: true });
  await bucket.file('simple').download();
  delete process.env.GCE_METADATA_HOST;
  expect(asked).toEqual([]);
});

it('resumes an upload after a restart, from the bytes that it has', async () => {
  await createModels();
  const upload = await fetch(`${server.url}/upload/storage/v1/b/models/o?uploadType=resumable&name=resumed`, {
    method: 'POST',
  });
  const location = new URL(upload.headers.get('location') ?? '');
  const put = (body: string, range: string) =>
    fetch(location, { method: 'PUT', body, headers: { 'content-range': range } });

  expect((await put('01234', 'bytes 0-4/10')).status).toBe(308);
  await server.close();
  server = await startStorage({ folder });
  location.port = String(server.port);
  const status = await put('', 'bytes */10');
  expect([status.status, status.headers.get('range')]).toEqual([308, 'bytes=0-4']);
  expect((await put('9', 'bytes 9-9/10')).status).toBe(503);
  expect(await (await put('3456789', 'bytes 3-9/10')).json()).toMatchObject({ name: 'resumed', size: '10' });
  expect((await put('', 'bytes */10')).status).toBe(200);
  const download = await fetch(`${server.url}/storage/v1/b/models/o/resumed?alt=media`);
  expect(await download.text()).toBe('0123456789');
});

it('forgets an upload that is cancelled', async () => {
  await createModels();
  const upload = await fetch(`${server.url}/upload/storage/v1/b/models/o?uploadType=resumable&name=x`, {
    method: 'POST',
  });
  const location = upload.headers.get('location') ?? '';
  expect((await fetch(location, { method: 'DELETE' })).status).toBe(499);
  expect((await fetch(location, { method: 'PUT', body: 'x' })).status).toBe(404);
});

it('takes a plain upload and answers reads by their conditions', async () => {
  await createModels();
  const upload = `${server.url}/upload/storage/v1/b/models/o?uploadType=media&name=plain`;
  await fetch(upload, { method: 'POST', body: 'content', headers: { 'content-type': 'text/plain' } });
  const address = `${server.url}/storage/v1/b/models/o/plain`;
  const { generation } = (await (await fetch(address)).json()) as { generation: string };
  expect((await fetch(`${address}?ifGenerationNotMatch=${generation}`)).status).toBe(304);
  expect((await fetch(`${address}?alt=media&ifGenerationMatch=1`)).status).toBe(412);
  const media = await fetch(`${address}?alt=media`, { headers: { range: 'bytes=-3' } });
  expect([media.status, await media.text(), media.headers.get('content-range')]).toEqual([
    206,
    'ent',
    'bytes 4-6/7',
  ]);
  expect((await fetch(`${address}?alt=media`, { headers: { range: 'bytes=7-' } })).status).toBe(416);
});

it('says so when it does not have what is asked for, in the shape of Google', async () => {
  const answer = await fetch(`${server.url}/storage/v1/b/models/iam`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({
    error: {
      code: 400,
      errors: [{ reason: 'notImplemented' }],
      message: expect.stringContaining('has no GET'),
    },
  });
  expect((await fetch(`${server.url}/storage/v1/b/%E0%A4%A/o`)).status).toBe(400);
  expect((await fetch(`${server.url}/b`, { method: 'POST', body: '{' })).status).toBe(400);
});

async function createModels(): Promise<void> {
  await fetch(`${server.url}/storage/v1/b?project=${projectId}`, {
    method: 'POST',
    body: '{"name":"models"}',
  });
}

/** A way to the server that cuts every connection when so many bytes have gone to it. */
async function startUnreliableLine(port: number, cutAfter: readonly number[]) {
  const left = [...cutAfter];
  let sent = 0;
  let cuts = 0;
  const line = createServer(client => {
    const target = connect(port, '127.0.0.1');
    const cut = () => {
      client.destroy();
      target.destroy();
    };
    client.on('data', piece => {
      sent += piece.length;
      const limit = left[0];
      if (limit === undefined || sent < limit) return target.write(piece);
      left.shift();
      cuts += 1;
      return cut();
    });
    client.on('error', cut).on('close', cut);
    target.on('error', cut).on('close', cut);
    target.pipe(client);
  }).listen(0, '127.0.0.1');
  await once(line, 'listening');
  const address = line.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    get cuts() {
      return cuts;
    },
    async close() {
      line.close();
      await once(line, 'close');
    },
  };
}
