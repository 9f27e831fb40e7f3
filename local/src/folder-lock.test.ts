import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './folder-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banknote-loop-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('gives the folder to one, and back', () => {
  const unlock = lockFolder(folder);
  expect(existsSync(join(folder, 'runner.pid'))).toBe(true);
  unlock();
  expect(existsSync(join(folder, 'runner.pid'))).toBe(false);
});

it('keeps the folder from others, also one that is there already', () => {
  chmodSync(folder, 0o755);
  lockFolder(folder);
  // Root's PostgreSQL has an account of its own, and must get through.
  const others = process.getuid?.() === 0 ? 0o011 : 0;
  if (process.platform !== 'win32') expect(statSync(folder).mode & 0o077).toBe(others);
});

it('refuses a folder that a living process has, and takes over that of a dead one', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  writeFileSync(join(folder, 'runner.pid'), String(other.pid));
  expect(() => lockFolder(folder)).toThrow(`process ${other.pid}`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(() => lockFolder(folder)).not.toThrow();
});
