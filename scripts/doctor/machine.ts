import { readFileSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { availableMemory } from 'node:process';
import { findProgram } from '@banknote-loop/local/redis-install';
import type { Check } from './check.ts';

const root = join(import.meta.dirname, '../..');
const gigabyte = 1e9;

/** What the loop needs of the machine. */
export const machineChecks: readonly Check[] = [
  {
    name: 'Node.js',
    run() {
      const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      const wanted = `v${devDependencies.node}`;
      if (process.version !== wanted)
        throw new Error(`This is ${process.version}, and the pinned one ${wanted}.`);
      return process.version;
    },
    remedy: 'Type npm ci, and start everything by npm run.',
  },
  {
    name: 'memory',
    run: () => atLeast(1, availableMemory(), 'of memory can be used'),
    remedy: 'End other programs: the ten functions and four services of the loop take about 1.5 GB.',
  },
  {
    name: 'disk',
    run() {
      const { bavail, bsize } = statfsSync(root);
      return atLeast(1, bavail * bsize, 'are free');
    },
    remedy: 'Make room: data and journals of the loop grow in .loop/.',
  },
];

/** What only a loop on this machine needs. */
export const laptopChecks: readonly Check[] = [
  {
    name: 'redis-server',
    run() {
      const found = findProgram('redis-server');
      if (!found) throw new Error('redis-server is not installed.');
      return found;
    },
    remedy: 'npm start installs it by the package manager of the system, or says which command does.',
  },
];

const usualPort = 8080;

/** Where no loop runs, one must be able to start. */
export const portCheck: Check = {
  name: `port ${usualPort}`,
  async run() {
    if (await isTaken(usualPort)) throw new Error(`Another program listens on port ${usualPort}.`);
    return 'free';
  },
  remedy: 'End that program, or type npm start -- --port N.',
};

function atLeast(gigabytes: number, bytes: number, what: string): string {
  const said = `${(bytes / gigabyte).toFixed(1)} GB ${what}`;
  if (bytes < gigabytes * gigabyte) throw new Error(`Only ${said}.`);
  return said;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
