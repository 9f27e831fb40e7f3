import type { Redis } from 'ioredis';
import { runScript } from './script.ts';

const minuteMs = 60_000;

// One number for each caller: when, at the settled rate, the requests so far would have been due. Who is further ahead
// of the clock than a minute's worth waits; everybody else moves the number on.
const countOne = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, ahead = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + interval
if due - now > ahead then return math.ceil(due - now - ahead) end
redis.call('SET', KEYS[1], tostring(due), 'PX', math.ceil(due - now))
return 0
`;

const keyOf = (caller: string): string => `rate:${caller}`;

/** Counts a request of a caller; answers for how many milliseconds the caller must wait first, mostly 0. */
export async function countRequest(redis: Redis, caller: string, perMinute: number): Promise<number> {
  const wait = await runScript(redis, countOne, [keyOf(caller)], [minuteMs / perMinute, minuteMs]);
  return Number(wait);
}

/** What callers are counted as, by name and by address. */
export const countedAs = {
  name: (principal: string) => `caller ${principal}`,
  address: (address: string) => `address ${address}`,
} as const;

/** Takes a caller's name out of what is counted. */
export async function forgetCaller(redis: Redis, principal: string): Promise<void> {
  await redis.del(keyOf(countedAs.name(principal)), keyOf(countedAs.address(principal)));
}
