import type { Redis } from 'ioredis';
import type { z } from 'zod';
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

export interface ListEntry {
  readonly id: string;
  readonly created: Date;
  readonly json: string;
}

// Other programs may add entries of their own to the list: then places in it are not those in the index, and an entry is
// found by the id that stands in it.
const findEntry = `
local function find(list, index, wanted)
  local place = redis.call('ZREVRANK', index, wanted)
  local there = place and redis.call('LINDEX', list, place)
  if there and string.find(there, wanted, 1, true) then return there end
  for _, entry in ipairs(redis.call('LRANGE', list, 0, -1)) do
    if string.find(entry, wanted, 1, true) then return entry end
  end
  return false
end
`;

// Of two entries with one id the earlier counts, as in the database.
const addEntries = `${findEntry}
local list, index, bound = KEYS[1], KEYS[2], tonumber(ARGV[1])

local function add(id, created, json)
  local known = redis.call('ZSCORE', index, id)
  if known then
    if tonumber(known) <= tonumber(created) then return 0 end
    local old = find(list, index, id)
    if old then redis.call('LREM', list, 1, old) end
  end
  redis.call('ZADD', index, created, id)
  local rank = redis.call('ZREVRANK', index, id)
  local newer = rank > 0 and find(list, index, redis.call('ZREVRANGE', index, rank - 1, rank - 1)[1])
  if rank == 0 then redis.call('LPUSH', list, json)
  elseif newer then redis.call('LINSERT', list, 'AFTER', newer, json)
  else redis.call('RPUSH', list, json) end
  redis.call('LTRIM', list, 0, bound - 1)
  redis.call('ZREMRANGEBYRANK', index, 0, -bound - 1)
  return redis.call('ZSCORE', index, id) and 1 or 0
end

local changed = 0
for i = 2, #ARGV, 3 do changed = changed + add(ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
return changed
`;

/** Puts entries where they belong in time; answers whether the list changed. */
export async function addToList(
  redis: Redis,
  list: NewestList,
  entries: readonly ListEntry[],
): Promise<boolean> {
  const values = entries.flatMap(({ id, created, json }) => [id, created.getTime(), json]);
  const changed = await runScript(redis, addEntries, keysOf(list), [list.bound, ...values]);
  return Number(changed) > 0;
}

// In one step, so that nobody ever reads half a list. With "keep", entries that are not among those given stay: they
// may be so new that the one who gives has not seen them. Where list and index do not match, nothing can be kept.
const replaceEntries = `
local list, index, keep, bound = KEYS[1], KEYS[2], ARGV[1] == 'keep', tonumber(ARGV[2])
local jsons, scores = {}, {}
local ids = redis.call('ZREVRANGE', index, 0, -1)
if keep and #ids == redis.call('LLEN', list) then
  local entries = redis.call('LRANGE', list, 0, -1)
  for i, id in ipairs(ids) do jsons[id], scores[id] = entries[i], redis.call('ZSCORE', index, id) end
end
for i = 3, #ARGV, 3 do jsons[ARGV[i]], scores[ARGV[i]] = ARGV[i + 2], ARGV[i + 1] end
redis.call('DEL', list, index)
for id, score in pairs(scores) do redis.call('ZADD', index, score, id) end
redis.call('ZREMRANGEBYRANK', index, 0, -bound - 1)
for _, id in ipairs(redis.call('ZREVRANGE', index, 0, -1)) do redis.call('RPUSH', list, jsons[id]) end
return redis.call('LLEN', list)
`;

/** Makes the list hold these entries, exactly as given, and no others unless they are to be kept. */
export async function replaceList(
  redis: Redis,
  list: NewestList,
  entries: readonly ListEntry[],
  others: 'keep' | 'drop',
): Promise<void> {
  const values = entries.flatMap(({ id, created, json }) => [id, created.getTime(), json]);
  await runScript(redis, replaceEntries, keysOf(list), [others, list.bound, ...values]);
}

export interface ReadList<Item> {
  readonly entries: readonly Item[];
  /** How many others stand among them: those were not written by us. */
  readonly foreign: number;
}

/**
 * Makes what reads the newest entries that fit the schema. An entry never changes, so that one that was read the last
 * time is known by its text.
 */
export function listReader<Item>(
  redis: Redis,
  list: NewestList,
  schema: z.ZodType<Item>,
): (count: number) => Promise<ReadList<Item>> {
  let known = new Map<string, Item | undefined>();
  const read = async (length: number): Promise<readonly (Item | undefined)[]> => {
    const texts = await readRawList(redis, list, length);
    const before = known;
    known = new Map(
      texts.map(json => [json, before.has(json) ? before.get(json) : schema.safeParse(parse(json)).data]),
    );
    const now = known;
    return texts.map(json => now.get(json));
  };
  return async count => {
    const newest = await read(count);
    // Where some are left out, older ones take their places.
    const all = newest.includes(undefined) ? await read(list.bound) : newest;
    const entries = all.filter(entry => entry !== undefined);
    return { entries: entries.slice(0, count), foreign: all.length - entries.length };
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export function readRawList(redis: Redis, { key }: NewestList, count: number): Promise<string[]> {
  return redis.lrange(key, 0, count - 1);
}

function keysOf({ key }: NewestList): readonly [string, string] {
  return [key, `${key}:index`];
}
