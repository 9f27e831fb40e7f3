import { until } from '@banknote-loop/testing';
import { lookAfter, type SupervisedServer } from './looked-after.ts';
import { answers } from './ports.ts';
import { startRedis } from './redis.ts';

const ping = 'PING\r\n';
const lookEveryMs = 50;

it('starts a server again that was killed, or hangs, says so, and leaves it alone when it is to', async () => {
  const redis = await startRedis();
  const printed: string[] = [];
  let times = 0;
  const leave = lookAfter({
    name: 'Redis',
    server: redis,
    isWell: () => answers(redis.port, ping, 500),
    print: line => printed.push(line),
    afterwards: async () => {
      times += 1;
    },
    lookEveryMs,
  });
  const again = (nth: number) => until('it is there again', () => times === nth);

  await redis.kill();
  await again(1);
  expect(await answers(redis.port, ping, 5_000)).toBe(true);

  // It hangs as a stopped process does: it takes connections, and answers none.
  process.kill(redis.pid(), 'SIGSTOP');
  await again(2);
  expect(await answers(redis.port, ping, 5_000)).toBe(true);
  expect(printed).toEqual([
    'Redis has ended and is started again',
    'Redis does not answer any more and is started again',
  ]);

  await leave();
  await redis.stop();
  expect(times).toBe(2);
});

it('goes on trying while a server cannot be started, and says so once', async () => {
  let failures = 3;
  let isThere = true;
  let end = (): void => {};
  const server: SupervisedServer = {
    ended: () =>
      new Promise(resolve => {
        end = () => resolve();
        if (!isThere) resolve();
      }),
    async kill() {},
    async restart() {
      if (failures-- > 0) throw new Error('its port is in use');
      isThere = true;
    },
  };
  const printed: string[] = [];
  const leave = lookAfter({
    name: 'It',
    server,
    isWell: async () => true,
    print: line => printed.push(line),
    lookEveryMs,
  });
  isThere = false;
  end();
  await until('it is there again', () => isThere);
  expect(printed).toEqual(['It has ended and is started again', 'It is not there yet: its port is in use']);
  await leave();
});
