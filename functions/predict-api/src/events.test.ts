import { createLogger } from '@banknote-loop/shared/base';
import { failureOf } from '@banknote-loop/testing';
import { openTestCache, openTestDatabase } from '@banknote-loop/testing/services';
import { getEvents } from './events.ts';

const someone = { principal: 'mira', address: '192.0.2.1', verified: true, scopes: new Set<string>() };

it('has so many streams for each caller, and no more', async () => {
  const [database, redis] = await Promise.all([openTestDatabase({ seeded: false }), openTestCache()]);
  const db = await database.ofFunction('predict-api');
  const log = createLogger('test', 'silent');
  const queues = { list: async () => [] };
  const route = getEvents();
  const listen = (principal: string, signal: AbortSignal) =>
    route.handle(
      { params: undefined, query: undefined, body: undefined },
      { cache: redis.cache, db, log, queues, principal, signal, caller: someone },
    );
  const pages = Array.from({ length: 20 }, () => new AbortController());
  for (const { signal } of pages) await listen('mira', signal);
  const oneMore = () => listen('mira', new AbortController().signal);
  expect(await failureOf(oneMore())).toMatchObject({ status: 429, headers: { 'retry-after': '15' } });
  await listen('theo', new AbortController().signal);
  // Who has gone before the stream began does not count, and who goes later makes room.
  pages[0]?.abort();
  await listen('mira', AbortSignal.abort());
  await oneMore();
  expect(await failureOf(oneMore())).toMatchObject({ status: 429 });
  await Promise.all([database.close(), redis.close()]);
});

it('ends a stream when the time of its token is over, and not before', async () => {
  const [{ db, close }, redis] = await Promise.all([openTestDatabase({ seeded: false }), openTestCache()]);
  const page = new AbortController();
  const route = getEvents();
  const listen = async (seconds: number): Promise<AsyncIterator<string>> => {
    const context = {
      ...{ cache: redis.cache, db, log: createLogger('test', 'silent'), queues: { list: async () => [] } },
      ...{ principal: 'mira', signal: page.signal },
      caller: { ...someone, expires: new Date(Date.now() + seconds * 1000) },
    };
    const { stream } = await route.handle({ params: undefined, query: undefined, body: undefined }, context);
    if (!stream) throw new Error('There is no stream.');
    return stream[Symbol.asyncIterator]();
  };
  const over = await listen(0.2);
  await over.next();
  expect((await over.next()).done).toBe(true);
  // Longer than any timer: it ends by the page's leaving, and by nothing else.
  const long = await listen(1e9);
  expect((await long.next()).done).toBe(false);
  const next = long.next();
  page.abort();
  expect((await next).done).toBe(true);
  await Promise.all([close(), redis.close()]);
});
