import { rmSync } from 'node:fs';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { tour } from './tour.ts';

const folder = makeTempFolder();
let loop: Loop;
beforeAll(async () => {
  const backoff = { minSeconds: 0.05, maxSeconds: 1 };
  loop = await startLoop({ folder, port: 0, durable: false, backoff, given: {} });
});
afterAll(async () => {
  await loop.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('goes once around, and says what happens where', async () => {
  const said: string[] = [];
  await tour(loop.url, line => said.push(line));
  expect(said.filter(line => /\d\. /.test(line))).toHaveLength(5);
  expect(said.at(-1)).toContain('Done.');
});
