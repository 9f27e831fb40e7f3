import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProcess } from './processes.ts';

const shell = (script: string) => ({
  name: 'The test program',
  command: '/bin/sh',
  args: ['-c', script],
  readyText: 'ready',
  stopSignal: 'SIGTERM' as const,
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('The condition was not met within 10 seconds.');
    await delay(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

it('waits for the program to be ready, hands on its output and stops it', async () => {
  const lines: string[] = [];
  const running = await startProcess({
    ...shell('echo hello; echo ready; exec sleep 60'),
    log: line => lines.push(line),
  });
  expect(lines).toEqual(['hello', 'ready']);
  await running.stop();
  expect(isAlive(running.pid)).toBe(false);
  await running.stop();
});

it('tells the last words of a program that ends before it is ready', async () => {
  await expect(startProcess(shell('echo "no such disk" >&2; exit 3'))).rejects.toThrow(
    /ended.*\nno such disk/,
  );
});

it('names a program that cannot be run', async () => {
  await expect(startProcess({ ...shell(''), command: '/no/such/program' })).rejects.toThrow(
    '/no/such/program cannot be run',
  );
});

it.each(['kill', 'stop'] as const)(
  'ends a program that hangs with all of its workers: %s',
  async end => {
    const folder = mkdtempSync(path.join(tmpdir(), 'processes-test-'));
    const pidFile = path.join(folder, 'worker');
    // As those of PostgreSQL do, the worker keeps the output open.
    const running = await startProcess(shell(`sleep 600 & echo $! > ${pidFile}; echo ready; wait`));
    const worker = Number(readFileSync(pidFile, 'utf8'));
    process.kill(worker, 'SIGSTOP');
    process.kill(running.pid, 'SIGSTOP');
    await running[end]();
    expect([isAlive(running.pid), isAlive(worker)]).toEqual([false, false]);
    rmSync(folder, { recursive: true });
  },
  60_000,
);

it('leaves no orphan when its own process is killed', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'processes-test-'));
  const pidFile = path.join(folder, 'pid');
  const script = `echo $$ > ${pidFile}; echo ready; exec sleep 60`;
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { startProcess } from ${JSON.stringify(path.join(import.meta.dirname, 'processes.ts'))};
     await startProcess(${JSON.stringify(shell(script))});
     console.log('up');`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const parentEnded = once(parent, 'close');
  await once(parent.stdout, 'data');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  expect(isAlive(pid)).toBe(true);

  parent.kill('SIGKILL');
  await parentEnded;
  await until(() => !isAlive(pid));
  expect(existsSync(pidFile)).toBe(true);
  rmSync(folder, { recursive: true });
});
