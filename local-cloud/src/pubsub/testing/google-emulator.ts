import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RunningTarget {
  readonly address: string;
  close(): Promise<void>;
}

/** The launcher of Google's own Pub/Sub emulator; undefined where it is not installed. */
export function findGoogleEmulator(): string | undefined {
  try {
    const root = execFileSync('gcloud', ['info', '--format=value(installation.sdk_root)'], { stdio: 'pipe' })
      .toString()
      .trim();
    const launcher = join(root, 'platform', 'pubsub-emulator', 'bin', 'cloud-pubsub-emulator');
    return existsSync(launcher) ? launcher : undefined;
  } catch {
    return undefined;
  }
}

export async function startGoogleEmulator(
  launcher: string,
): Promise<RunningTarget & { readonly pid: number | undefined }> {
  const port = await freePort();
  const emulator = spawn(launcher, ['--host=127.0.0.1', `--port=${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>(resolve => emulator.once('exit', () => resolve()));
  const lines = createInterface({ input: emulator.stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', line => line.includes('Server started') && resolve());
    void ended.then(() =>
      reject(new Error("Google's Pub/Sub emulator ended before it was ready. Is Java installed?")),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    pid: emulator.pid,
    async close() {
      emulator.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.');
  return address.port;
}
