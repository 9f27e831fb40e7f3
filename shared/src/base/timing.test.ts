import { atMost, until } from './timing.ts';

const never = new Promise<void>(() => {});

it('waits for work that ends in time, and hands on its failure', async () => {
  let done = false;
  await atMost(
    30_000,
    Promise.resolve().then(() => {
      done = true;
    }),
  );
  expect(done).toBe(true);
  await expect(atMost(30_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
});

it('goes on without work that does not end', async () => {
  await expect(atMost(1, never)).resolves.toBeUndefined();
});

it('answers what the probe found, and asks again while it finds nothing', async () => {
  const answers = [undefined, false, 'found'] as const;
  let asked = 0;
  expect(await until('it is found', () => answers[asked++])).toBe('found');
  expect(asked).toBe(3);
});

it('says what it waited for', async () => {
  await expect(until('the bus comes', () => false, 1)).rejects.toThrow(
    'Waited 0.001 s in vain until the bus comes.',
  );
});
