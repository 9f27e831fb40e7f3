import { defineResource } from './resource.ts';
import { cacheSettings } from './settings.ts';

/** What the loop keeps in Redis. */
export const cache = defineResource({
  name: 'cache',
  settings: cacheSettings,
  async open(settings, log) {
    const [{ Cache }, { openRedis }] = await Promise.all([import('../redis/cache.ts'), import('./redis.ts')]);
    const redis = await openRedis(settings, log);
    const warnOfForeign = (list: string, entries: number): void =>
      log.warn({ list, entries }, 'entries of other programs are left out of a list of the cache');
    return {
      client: new Cache(redis, settings.TIMES, warnOfForeign),
      close: async () => redis.disconnect(),
    };
  },
});
