import { findFreePort } from '@banknote-loop/local/ports';
import { type Redis as RedisServer, startRedis } from '@banknote-loop/local/redis';
import { aModel, failureOf, startSilentServer, until } from '@banknote-loop/testing';
import { classify } from '../base/errors.ts';
import { createLogger } from '../base/log.ts';
import { Cache } from './cache.ts';
import { connectRedis } from './connect.ts';

const quiet = createLogger('test', 'silent');

async function withCache(port: number, work: (cache: Cache) => Promise<void>): Promise<void> {
  const redis = await connectRedis({ REDISHOST: '127.0.0.1', REDISPORT: port }, quiet);
  try {
    await work(new Cache(redis));
  } finally {
    redis.disconnect();
  }
}

it('heals by itself when the server comes back, and finds its scripts gone', async () => {
  const server: RedisServer = await startRedis();
  try {
    await withCache(server.port, async cache => {
      const set = () => cache.setLatestModel(aModel(), new Date());
      await set();
      await server.restart();
      await until('Redis answers again', () =>
        set().then(
          () => true,
          () => false,
        ),
      );
      expect(await cache.latestModelName()).toBe('model-1.json');
      // A server that was emptied, or that another took the place of, knows no script either.
      await cache.redis.script('FLUSH');
      expect(await cache.addJob(aModel(), new Date())).toBe(true);
    });
  } finally {
    await server.stop();
  }
});

it('fails, for another attempt, when the server is away', async () => {
  const port = await findFreePort();
  await withCache(port, async cache => {
    expect(classify(await failureOf(cache.latestModelName()))).toBe('transient');
  });
});

it('fails, for another attempt, when the server accepts and says nothing', async () => {
  const silent = await startSilentServer();
  await withCache(silent.port, async cache => {
    expect(classify(await failureOf(cache.latestModelName()))).toBe('transient');
  });
  await silent.close();
});
