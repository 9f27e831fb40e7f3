import { rememberTokens } from './remember-tokens.ts';
import { anybody, refusal } from './tokens.ts';

let checks: string[];
let lifeMs: number;
const verify = rememberTokens(async token => {
  checks.push(token);
  if (token === 'bad') throw refusal('The token is not valid.');
  return { ...anybody(token), expires: new Date(Date.now() + lifeMs) };
});

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-01-01T00:00:00.000Z') });
  checks = [];
  lifeMs = 3_600_000;
});
afterEach(() => jest.useRealTimers());

it('checks a token once a minute, and tells one from another', async () => {
  for (const token of ['ann', 'bob', 'ann', 'bob']) expect((await verify(token)).principal).toBe(token);
  expect(checks).toEqual(['ann', 'bob']);
  jest.advanceTimersByTime(60_000);
  await verify('ann');
  expect(checks).toEqual(['ann', 'bob', 'ann']);
});

it('believes none for longer than its own time', async () => {
  lifeMs = 1_000;
  await verify('short');
  jest.advanceTimersByTime(1_000);
  await verify('short');
  expect(checks).toEqual(['short', 'short']);
});

it('remembers no refusal', async () => {
  for (let time = 0; time < 2; time += 1) await expect(verify('bad')).rejects.toThrow('not valid');
  expect(checks).toEqual(['bad', 'bad']);
});

it('forgets the oldest of very many', async () => {
  await verify('first');
  for (let nth = 0; nth < 1_000; nth += 1) await verify(`token ${nth}`);
  checks = [];
  await verify('token 999');
  await verify('first');
  expect(checks).toEqual(['first']);
});
