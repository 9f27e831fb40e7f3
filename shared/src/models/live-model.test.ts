import { PermanentError } from '../base/errors.ts';
import { createLogger } from '../base/log.ts';
import { LiveModelKeeper } from './live-model.ts';

const quiet = createLogger('test', 'silent');

/** A bucket and a Redis in which a test decides what is there, and when it comes. */
class Source {
  latest: string | undefined;
  good: string | undefined;
  readonly loads: string[] = [];
  failure: Error | undefined;
  fails: (fileName: string) => Error | undefined = () => undefined;
  #hold: Promise<void> = Promise.resolve();

  latestName = async (): Promise<string | undefined> => this.latest;
  lastGoodName = async (): Promise<string | undefined> => this.good;

  load = async (fileName: string) => {
    this.loads.push(fileName);
    await this.#hold;
    const failure = this.failure ?? this.fails(fileName);
    if (failure) throw failure;
    const half = () => Float64Array.of(0.5);
    const answer = () => ({ probabilities: half() });
    return { facts: { created: '2026-01-01T00:00:00Z' }, answer, probabilities: half };
  };

  /** Makes loads wait until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hold = promise;
    return resolve;
  }
}

let source: Source;
let keeper: LiveModelKeeper;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  source = new Source();
  keeper = new LiveModelKeeper(source, quiet);
});
afterEach(async () => {
  await keeper.close();
  jest.useRealTimers();
});

async function liveName(): Promise<string> {
  return (await keeper.current()).fileName;
}

it('answers with the newest model from the first message on', async () => {
  await expect(keeper.current()).rejects.toMatchObject({
    message: 'There is no model yet.',
    forCaller: 'No model answers yet: /jobs tells what became of the trainings.',
  });
  source.latest = 'a';
  expect(await liveName()).toBe('a');
});

it('begins with the last good model where the newest cannot be loaded, and takes the next that can', async () => {
  source.latest = 'other-program.joblib';
  source.good = 'a';
  source.fails = name => (name === 'a' ? undefined : new PermanentError('no model'));
  expect(await liveName()).toBe('a');
  source.fails = () => undefined;
  source.latest = 'b';
  await jest.advanceTimersByTimeAsync(2_000);
  expect(await liveName()).toBe('b');
});

it('says that there is none where no good one is known either', async () => {
  source.latest = 'other-program.joblib';
  source.fails = () => new PermanentError('no model');
  await expect(keeper.current()).rejects.toThrow('There is no model yet.');
});

it('loads a model once for all who wait for it', async () => {
  source.latest = 'a';
  const release = source.hold();
  const all = [liveName(), liveName(), liveName()];
  release();
  expect(await Promise.all(all)).toEqual(['a', 'a', 'a']);
  expect(source.loads).toEqual(['a']);
});

it('finds a new model by itself, and swaps only when it is loaded', async () => {
  source.latest = 'a';
  await keeper.current();
  source.latest = 'b';
  const release = source.hold();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(source.loads).toEqual(['a', 'b']);
  expect(await liveName()).toBe('a');
  release();
  await jest.advanceTimersByTimeAsync(0);
  expect(await liveName()).toBe('b');
});

it('asks for news on a message when the timer has stood still', async () => {
  source.latest = 'a';
  await keeper.current();
  source.latest = 'b';
  jest.setSystemTime(Date.now() + 3_600_000);
  expect(await liveName()).toBe('b');
});

it('lets the last good model answer while a slow one is on its way', async () => {
  source.latest = 'a';
  await keeper.current();
  source.latest = 'b';
  const release = source.hold();
  jest.setSystemTime(Date.now() + 3_600_000);
  const answer = liveName();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await answer).toBe('a');
  release();
});

it('keeps the last good model when a download fails, and tries again ever more rarely', async () => {
  source.latest = 'a';
  await keeper.current();
  source.latest = 'b';
  source.failure = new Error('the bucket is away');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(await liveName()).toBe('a');
  const attempts = source.loads.length - 1;
  // 1, 3, 7, 15, 31 s after the news, and then every half minute.
  expect(attempts).toBeLessThanOrEqual(6);
  expect(attempts).toBeGreaterThanOrEqual(4);
  source.failure = undefined;
  await jest.advanceTimersByTimeAsync(31_000);
  expect(await liveName()).toBe('b');
});

it('refuses a damaged file once, and takes the next model all the same', async () => {
  const refusals = jest.spyOn(quiet, 'error');
  source.latest = 'a';
  await keeper.current();
  source.latest = 'b';
  source.failure = new PermanentError('The model file b is refused.');
  await jest.advanceTimersByTimeAsync(120_000);
  expect(await liveName()).toBe('a');
  expect(source.loads).toEqual(['a', 'b']);
  expect(refusals).toHaveBeenCalledTimes(1);
  source.failure = undefined;
  source.latest = 'c';
  await jest.advanceTimersByTimeAsync(1_000);
  expect(await liveName()).toBe('c');
});

it('says what is wrong to the first message when nothing can be loaded yet', async () => {
  source.latest = 'a';
  source.failure = new Error('the bucket is away');
  await expect(keeper.current()).rejects.toThrow('the bucket is away');
  source.failure = undefined;
  expect(await liveName()).toBe('a');
});

it('stops looking when it is closed', async () => {
  await keeper.close();
  source.latest = 'a';
  await jest.advanceTimersByTimeAsync(10_000);
  expect(source.loads).toEqual([]);
});
