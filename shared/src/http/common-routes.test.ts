import { commonRoutes } from './common-routes.ts';

afterEach(() => {
  jest.useRealTimers();
});

it('asks at most once a second whether requests would be answered, and tells everybody the same', async () => {
  jest.useFakeTimers();
  let asked = 0;
  const ready = async (): Promise<void> => {
    asked += 1;
    if (asked === 2) throw new Error('no database');
  };
  const routes = commonRoutes({ requests: () => '', ready, gauges: async () => [] });
  const readyz = routes.find(({ path }) => path === '/readyz');
  const ask = async () => readyz?.handle({ params: undefined, query: undefined, body: undefined }, {});
  for (let i = 0; i < 50; i += 1) await ask();
  expect(asked).toBe(1);
  jest.advanceTimersByTime(1_000);
  for (let i = 0; i < 50; i += 1) await expect(ask()).rejects.toThrow('no database');
  expect(asked).toBe(2);
  jest.advanceTimersByTime(1_000);
  await expect(ask()).resolves.toEqual({ body: { status: 'ok' } });
});
