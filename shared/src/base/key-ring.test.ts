import { KeyRing } from './key-ring.ts';

const key = (name: string, digit: string): string => `${name}:${digit.repeat(64)}`;

let text: string;
let reads: number;
let ring: KeyRing;
const read = async (): Promise<string> => {
  reads += 1;
  return text;
};
beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-01-01T00:00:00.000Z') });
  text = key('old', 'a');
  reads = 0;
  ring = new KeyRing(read);
});
afterEach(() => jest.useRealTimers());

const signedBy = (keys: string) => new KeyRing(async () => keys).sign('job', 'content');

it('believes what any of its keys has signed, and reads them once', async () => {
  const signature = (await ring.sign('job', 'content')) ?? '';
  expect(await ring.isSigned('job', 'content', signature, new Date())).toBe(true);
  expect(await ring.isSigned('model', 'content', signature, new Date())).toBe(false);
  expect(await ring.isSigned('job', 'another', signature, new Date())).toBe(false);
  expect(await ring.isSigned('job', 'content', '', new Date())).toBe(false);
  expect(reads).toBe(1);
});

it('signs nothing and believes nothing without keys', async () => {
  const none = new KeyRing(undefined);
  expect(await none.sign('job', 'content')).toBeUndefined();
  expect(await none.isSigned('job', 'content', (await ring.sign('job', 'content')) ?? '', new Date())).toBe(
    false,
  );
});

it('waits for a key that has come in since it was read, rather than calling what it signed forged', async () => {
  await ring.sign('job', 'content');
  jest.advanceTimersByTime(2_000);
  text = `${key('new', 'b')},${text}`;
  const signature = (await signedBy(text)) ?? '';
  const check = () => ring.isSigned('job', 'content', signature, new Date('2026-01-01T00:00:02.000Z'));
  await expect(check()).rejects.toThrow('not known here, or not yet');
  jest.advanceTimersByTime(10_000);
  expect(await check()).toBe(true);
});

it('ends the waiting for a key that never comes, and is not made to read its keys over and over', async () => {
  await ring.sign('job', 'content');
  const forged = (await signedBy(key('theirs', 'c'))) ?? '';
  const since = new Date();
  const check = () => ring.isSigned('job', 'content', forged, since);
  for (let time = 0; time < 100; time += 1) await expect(check()).rejects.toThrow('not known here');
  expect(reads).toBe(1);
  jest.advanceTimersByTime(20_000);
  for (let time = 0; time < 100; time += 1) expect(await check()).toBe(false);
  expect(reads).toBe(2);
});
