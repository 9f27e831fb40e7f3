import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { until } from '@banknote-loop/testing';
import { processorTimeOf, spentBetween } from './processor-time.ts';

const onLinux = existsSync('/proc/self/stat') ? it : it.skip;

onLinux('tells what each process below another takes, by what it does', async () => {
  const before = processorTimeOf(process.pid) ?? new Map();
  const child = spawn(process.execPath, ['-e', 'for (;;);', '--', '--target=busy'], { stdio: 'ignore' });
  try {
    await until('the time of the process is seen', () => {
      const spent = spentBetween(before, processorTimeOf(process.pid) ?? new Map());
      return (spent.get('busy') ?? 0) >= 100_000;
    });
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});

it('says what was taken between two looks, most first, and leaves out who did nothing', () => {
  const before = new Map([
    ['idle', 20_000],
    ['busy', 10_000],
  ]);
  const after = new Map([
    ['idle', 20_000],
    ['new', 30_000],
    ['busy', 90_000],
  ]);
  expect([...spentBetween(before, after)]).toEqual([
    ['busy', 80_000],
    ['new', 30_000],
  ]);
});
