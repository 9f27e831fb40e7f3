import { until } from '@banknote-loop/shared/base';
import { everyDay } from './daily-expiry.ts';

/** A clock that stands still until somebody lets time pass. */
function stoppedClock() {
  const waits: { ms: number; pass: () => void }[] = [];
  const wait = (ms: number, _value: undefined, { signal }: { readonly signal: AbortSignal }) =>
    new Promise<void>((resolve, reject) => {
      waits.push({ ms, pass: resolve });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return { waits, wait };
}

it('works at once, and again when a day has passed, also after a failure', async () => {
  const { waits, wait } = stoppedClock();
  const failures: unknown[] = [];
  let done = 0;
  const work = async () => {
    done += 1;
    if (done === 2) throw new Error('the database is away');
  };
  const end = everyDay(work, error => failures.push(error), wait);
  for (const day of [1, 2, 3]) {
    await until('a day has to pass', async () => waits.length === day);
    expect(done).toBe(day);
    expect(waits.at(-1)?.ms).toBe(86_400_000);
    if (day < 3) waits.at(-1)?.pass();
  }
  expect(failures).toEqual([new Error('the database is away')]);
  await end();
  expect(done).toBe(3);
});

it('waits for work that is under way when it is ended, and does no more', async () => {
  const { waits, wait } = stoppedClock();
  let finish = (): void => {};
  let isDone = false;
  const work = () =>
    new Promise<void>(resolve => {
      finish = resolve;
    }).then(() => {
      isDone = true;
    });
  const ended = everyDay(work, () => {}, wait)();
  finish();
  await ended;
  expect(isDone).toBe(true);
  expect(waits.length).toBeLessThanOrEqual(1);
});
