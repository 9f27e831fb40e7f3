import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { accepts, findFreePort } from '@banknote-loop/local/ports';
import { until } from '@banknote-loop/testing';

const python = '/usr/bin/python3';
const csv = join(import.meta.dirname, '../../../bank_data.csv');

/** What others would serve a model with, as Debian installs it. */
const peers = [
  {
    name: 'FastAPI, uvicorn and scikit-learn',
    program: 'peer-fastapi.py',
    modules: 'fastapi, uvicorn, sklearn',
    packages: 'python3-fastapi python3-uvicorn python3-sklearn',
  },
  {
    name: 'aiohttp and scikit-learn',
    program: 'peer-aiohttp.py',
    modules: 'aiohttp, sklearn',
    packages: 'python3-aiohttp python3-sklearn',
  },
] as const;

export interface Peer {
  readonly name: string;
  readonly url: string;
  end(): Promise<void>;
}

/** Starts those that can be started here, and says which cannot. */
export async function startPeers(print: (line: string) => void): Promise<readonly Peer[]> {
  const started: Peer[] = [];
  for (const { name, program, modules, packages } of peers) {
    if (spawnSync(python, ['-c', `import ${modules}`]).status === 0) started.push(await start(name, program));
    else print(`${name}: not installed here (apt-get install ${packages})`);
  }
  return started;
}

async function start(name: string, program: string): Promise<Peer> {
  const port = await findFreePort();
  const child = spawn(python, [join(import.meta.dirname, program), csv, String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until(`${name} listens`, () => accepts(port));
  return { name, url: `http://127.0.0.1:${port}`, end: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
