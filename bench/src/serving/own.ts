import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildIfChanged } from '@banknote-loop/build/if-changed';
import { makeFolder } from '../folder.ts';
import type { Peer } from './peers.ts';

const command = join(import.meta.dirname, '../../../local/src/start.ts');

/** Starts loops as people do, each by the name that it gets, with these settings: in processes of their own, as the others are. */
export async function startOwn(loops: Readonly<Record<string, NodeJS.ProcessEnv>>): Promise<readonly Peer[]> {
  await buildIfChanged();
  const started: Peer[] = [];
  for (const [name, settings] of Object.entries(loops)) started.push(await start(name, settings));
  return started;
}

async function start(name: string, settings: NodeJS.ProcessEnv): Promise<Peer> {
  const folder = makeFolder();
  const child = spawn(process.execPath, [command, '--port', '0', '--folder', folder.path], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    name,
    url: await addressOf(child),
    async end() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      folder.remove();
    },
  };
}

/** What it says when it is ready; what it says afterwards is read, and let go. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('The loop was started without an output.');
  const lines = createInterface(stdout);
  for await (const [line] of on(lines, 'line', { close: ['close'] })) {
    const [, url] = /^ready (\S+)$/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('The loop ended before it was ready.');
}
