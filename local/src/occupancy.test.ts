import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { occupy } from './occupancy.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banknote-loop-occupancy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('gives the folder to one, and back', () => {
  const leave = occupy(folder);
  expect(existsSync(join(folder, 'runner.pid'))).toBe(true);
  leave();
  expect(existsSync(join(folder, 'runner.pid'))).toBe(false);
});

it('refuses a folder that a living process has, and takes over that of a dead one', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  writeFileSync(join(folder, 'runner.pid'), String(other.pid));
  expect(() => occupy(folder)).toThrow(`process ${other.pid}`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(() => occupy(folder)).not.toThrow();
});
