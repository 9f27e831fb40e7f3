import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { deadAddresses, withoutDeadAddresses, writeEnvironmentFile } from './environment-file.ts';
import { lockFolder } from './folder-lock.ts';

const folder = mkdtempSync(join(tmpdir(), "banknote-loop's environment-").replaceAll("'", ''));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = { PROJECT_ID: 'p', REDISHOST: '127.0.0.1', REDISPORT: '4711', DBHOST: 'db.example.com' };
const given = { DBHOST: 'db.example.com' };

/** What a shell has set after it has sourced the file. */
function sourced(): NodeJS.ProcessEnv {
  const { stdout } = spawnSync('sh', ['-euc', `set -a; . '${folder}/env'; env`], { encoding: 'utf8' });
  return parseEnv(stdout);
}

it('gives a shell the addresses, to nobody but its owner, and is taken away', () => {
  const remove = writeEnvironmentFile({ folder, environment, given });
  expect(sourced()).toMatchObject({ ...environment, LOOP_FOLDER: folder });
  expect(statSync(join(folder, 'env')).mode & 0o077).toBe(0);
  remove();
  expect(existsSync(join(folder, 'env'))).toBe(false);
});

it('tells addresses of a loop that has ended from those of one that runs, and from those of others', () => {
  const unlock = lockFolder(folder);
  const remove = writeEnvironmentFile({ folder, environment, given });
  const shell = sourced();
  remove();
  expect(deadAddresses(shell)).toEqual([]);
  unlock();
  expect(deadAddresses(shell)).toEqual(['REDISHOST', 'REDISPORT']);
  expect(deadAddresses({ ...shell, REDISPORT: '6379' })).toEqual(['REDISHOST']);
  expect(deadAddresses({ REDISHOST: '127.0.0.1' })).toEqual([]);

  const lines: string[] = [];
  const left = withoutDeadAddresses(shell, line => lines.push(line));
  expect(left).toMatchObject({ PROJECT_ID: 'p', DBHOST: 'db.example.com' });
  expect(left).not.toHaveProperty('REDISHOST');
  expect(lines).toEqual([expect.stringContaining('REDISHOST, REDISPORT')]);
});
