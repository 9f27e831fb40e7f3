import { createLogger } from '@banknote-loop/shared/base';
import { failureOf } from '@banknote-loop/testing';
import { openTestCache, openTestDatabase } from '@banknote-loop/testing/services';
import { getEvents } from './events.ts';

it('has so many streams for each caller, and no more', async () => {
  const [{ db, close }, redis] = await Promise.all([openTestDatabase({ seeded: false }), openTestCache()]);
  const log = createLogger('test', 'silent');
  const queues = { list: async () => [] };
  const route = getEvents();
  const listen = (principal: string, signal: AbortSignal) =>
    route.handle(
      { params: undefined, query: undefined, body: undefined },
      { cache: redis.cache, db, log, queues, principal, signal },
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
  await Promise.all([close(), redis.close()]);
});
