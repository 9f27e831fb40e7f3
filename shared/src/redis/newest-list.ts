import type { Redis } from 'ioredis';
import { runScript } from './script.ts';

/**
 * A bounded Redis list of JSON, newest first, in which each entry stands once. Programs read the list; beside it a
 * sorted set with the same members in the same order says which entries are there and where a late one belongs. So
 * what the list holds depends only on which entries were added, never on how often or in which order.
 */
export interface NewestList {
  readonly key: string;
  readonly bound: number;
}

export interface Entry {
  readonly id: string;
  readonly created: Date;
  readonly json: string;
}

// Of two entries with one id the earlier counts, as in the database.
const addEntry = `
local list, index = KEYS[1], KEYS[2]
local id, created, json, bound = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local known = redis.call('ZSCORE', index, id)
if known then
  if tonumber(known) <= tonumber(created) then return 0 end
  local old = redis.call('LINDEX', list, redis.call('ZREVRANK', index, id))
  if old then redis.call('LREM', list, 1, old) end
end
redis.call('ZADD', index, created, id)
local rank = redis.call('ZREVRANK', index, id)
local newer = rank > 0 and redis.call('LINDEX', list, rank - 1)
if rank == 0 then redis.call('LPUSH', list, json)
elseif newer then redis.call('LINSERT', list, 'AFTER', newer, json)
else redis.call('RPUSH', list, json) end
redis.call('LTRIM', list, 0, bound - 1)
redis.call('ZREMRANGEBYRANK', index, 0, -bound - 1)
return redis.call('ZSCORE', index, id) and 1 or 0
`;

/** Puts an entry where it belongs in time; answers whether the list changed. */
export async function addToList(
  redis: Redis,
  { key, bound }: NewestList,
  { id, created, json }: Entry,
): Promise<boolean> {
  const changed = await runScript(redis, addEntry, [key, indexOf(key)], [id, created.getTime(), json, bound]);
  return changed === 1;
}

/** The newest entries, parsed. */
export async function readList(redis: Redis, { key }: NewestList, count: number): Promise<unknown[]> {
  const entries = await redis.lrange(key, 0, count - 1);
  return entries.map(json => JSON.parse(json));
}

export function indexOf(key: string): string {
  return `${key}:index`;
}
