import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureRedisInstalled } from './redis-install.ts';

describe('on a machine whose programs are stand-ins', () => {
  let searchPath: string;
  const lines: string[] = [];
  const announce = (line: string) => lines.push(line);

  beforeEach(() => {
    lines.length = 0;
    searchPath = mkdtempSync(path.join(tmpdir(), 'redis-install-test-'));
  });
  afterEach(() => rmSync(searchPath, { recursive: true }));

  function program(name: string, script: string): string {
    const file = path.join(searchPath, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }
  const installing = () => `PATH=/usr/bin:/bin; cp "$0" ${path.join(searchPath, 'redis-server')}`;

  it('uses the redis-server that is there, without a word', async () => {
    const present = program('redis-server', '');
    await expect(ensureRedisInstalled(announce, { searchPath, isRoot: true })).resolves.toBe(present);
    expect(lines).toEqual([]);
  });

  it('installs a missing one as root, announced in one line', async () => {
    program('apt-get', installing());
    const installed = await ensureRedisInstalled(announce, { searchPath, isRoot: true });
    expect(installed).toBe(path.join(searchPath, 'redis-server'));
    expect(lines).toEqual([
      'redis-server is missing. Installing it: apt-get update && apt-get install --yes --no-install-recommends redis-server',
    ]);
  });

  it('asks sudo when it is not root, but never for a password', async () => {
    program('dnf', installing());
    program('sudo', '[ "$1" = -n ] && shift && exec "$@"');
    program('true', '');
    await ensureRedisInstalled(announce, { searchPath, isRoot: false });
    expect(lines).toEqual(['redis-server is missing. Installing it: sudo -n dnf install --assumeyes redis']);
  });

  it('tells the command to type when it may not install', async () => {
    program('apt-get', installing());
    await expect(ensureRedisInstalled(announce, { searchPath, isRoot: false })).rejects.toThrow(
      'Type: sudo apt-get update && sudo apt-get install --yes --no-install-recommends redis-server',
    );
    expect(lines).toEqual([]);
  });

  it('tells the command to type when the installation fails', async () => {
    program('apk', 'exit 1');
    await expect(ensureRedisInstalled(announce, { searchPath, isRoot: true })).rejects.toThrow(
      'Type: apk add redis',
    );
  });

  it('says what to install when it knows no package manager here', async () => {
    await expect(ensureRedisInstalled(announce, { searchPath, isRoot: true })).rejects.toThrow(
      'Install Redis 6',
    );
  });
});
