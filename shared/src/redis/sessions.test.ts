import { openTestCache, type TestCache } from '@banknote-loop/testing/services';
import { Redis } from 'ioredis';
import { Sessions } from './sessions.ts';

let cache: TestCache;
let connections: readonly Redis[];
beforeAll(async () => {
  cache = await openTestCache();
  const { REDISHOST: host = '', REDISPORT: port } = cache.settings;
  connections = [1, 2].map(() => new Redis({ host, port: Number(port) }));
});
afterAll(async () => {
  for (const connection of connections) connection.disconnect();
  await cache.close();
});
afterEach(() => jest.restoreAllMocks());

const somebody = { principal: 'ann@example.com', idToken: 'a.b.c' };

/** Of two connections, as a function has them: one tells who calls, by the other people sign in and out. */
function twoOf(): readonly [Sessions, Sessions] {
  const [first, second] = connections;
  if (!first || !second) throw new Error('There are no connections.');
  return [new Sessions(first), new Sessions(second)];
}

it('are read once for all that comes within a moment', async () => {
  const [doors, signIn] = twoOf();
  const key = await signIn.open(somebody);
  const [connection] = connections;
  const read = connection && jest.spyOn(connection, 'getBuffer');
  for (const _ of Array.from({ length: 5 })) expect(await doors.findLately(key)).toEqual(somebody);
  expect(read).toHaveBeenCalledTimes(1);
  const later = Date.now() + 1_000;
  jest.spyOn(Date, 'now').mockReturnValue(later);
  expect(await doors.findLately(key)).toEqual(somebody);
  expect(read).toHaveBeenCalledTimes(2);
});

it('count no more in this process once they have ended, and as what they have become once they have changed', async () => {
  const [doors, signIn] = twoOf();
  const key = await signIn.open(somebody);
  expect(await doors.findLately(key)).toEqual(somebody);
  await signIn.change(key, { ...somebody, idToken: 'd.e.f' });
  expect(await doors.findLately(key)).toMatchObject({ idToken: 'd.e.f' });
  await signIn.end(key);
  expect(await doors.findLately(key)).toBeUndefined();
});

it('are asked for again after Redis could not be asked', async () => {
  const [doors, signIn] = twoOf();
  const key = await signIn.open(somebody);
  const [connection] = connections;
  if (connection) jest.spyOn(connection, 'getBuffer').mockRejectedValueOnce(new Error('away'));
  await expect(doors.findLately(key)).rejects.toThrow('away');
  expect(await doors.findLately(key)).toEqual(somebody);
});
