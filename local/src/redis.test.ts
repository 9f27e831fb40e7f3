import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis as Client } from 'ioredis';
import { type Redis, type RedisOptions, startRedis } from './redis.ts';

const started: Redis[] = [];

async function start(options?: RedisOptions): Promise<Redis> {
  const redis = await startRedis(options);
  started.push(redis);
  return redis;
}

async function withClient<Result>(
  { host, port }: Redis,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ host, port });
  try {
    return await use(client);
  } finally {
    await client.quit();
  }
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(redis => redis.stop()));
});

it('keeps nothing without a folder and never evicts', async () => {
  const redis = await start();
  await withClient(redis, client => client.set('key', 'value'));
  expect(await withClient(redis, client => client.config('GET', 'maxmemory-policy'))).toContain('noeviction');
  await redis.restart();
  expect(await withClient(redis, client => client.get('key'))).toBeNull();
});

describe('with a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'redis-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps its data over a crash', async () => {
    const redis = await start({ folder });
    await withClient(redis, client => client.set('key', 'value'));
    await redis.kill();
    await redis.restart();
    expect(await withClient(redis, client => client.get('key'))).toBe('value');
    await redis.stop();
  });

  it('stops the server that an earlier run left behind on the same data', async () => {
    const left = await start({ folder });
    await withClient(left, client => client.set('key', 'value'));
    const next = await start({ folder });
    expect(await withClient(next, client => client.get('key'))).toBe('value');
    await next.stop();
  });
});

it('says why it could not start', async () => {
  const redis = await start();
  await expect(startRedis({ port: redis.port })).rejects.toThrow('Address already in use');
});
