import { existsSync, readdirSync, readFileSync } from 'node:fs';

// What the processes of a loop on this machine take of its processors, as Linux counts it under /proc.

/** Microseconds by what a process does, since it began. */
export type ProcessorTime = ReadonlyMap<string, number>;

interface Process {
  readonly parent: number;
  readonly microseconds: number;
}

/** Linux counts for programs in hundredths of a second, whatever it counts in itself. */
const microsecondsOfTick = 10_000;

/** Of the runner of a loop, of all that it has started, and of who asks; nothing where the system does not say. */
export function processorTimeOf(runner: number): ProcessorTime | undefined {
  if (!existsSync('/proc/self/stat')) return undefined;
  const processes = readProcesses();
  const { user, system } = process.cpuUsage();
  const found = new Map([['the load itself', user + system]]);
  for (const [pid, { microseconds }] of processes) {
    if (!isBelow(pid, runner, processes)) continue;
    const name = pid === runner ? 'runner, with logs and spans' : nameOf(pid);
    found.set(name, (found.get(name) ?? 0) + microseconds);
  }
  return found;
}

/** What was taken between the two; most first. */
export function spentBetween(before: ProcessorTime, after: ProcessorTime): ProcessorTime {
  const spent = [...after].map(([name, time]) => [name, time - (before.get(name) ?? 0)] as const);
  return new Map(spent.filter(([, time]) => time > 0).toSorted((a, b) => b[1] - a[1]));
}

function readProcesses(): ReadonlyMap<number, Process> {
  const found = new Map<number, Process>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    // The name, in brackets, may hold anything.
    const [, rest = ''] = textOf(pid, 'stat').split(/\) (?=[^)]*$)/s);
    const [, parent, , , , , , , , , , ofUser, ofSystem] = rest.split(' ').map(Number);
    if (parent === undefined || ofUser === undefined || ofSystem === undefined) continue;
    found.set(pid, { parent, microseconds: (ofUser + ofSystem) * microsecondsOfTick });
  }
  return found;
}

function isBelow(pid: number, top: number, processes: ReadonlyMap<number, Process>): boolean {
  for (let one: number | undefined = pid; one; one = processes.get(one)?.parent) if (one === top) return true;
  return false;
}

function nameOf(pid: number): string {
  const [program = '', ...args] = textOf(pid, 'cmdline').split('\0');
  const target = args.find(argument => argument.startsWith('--target='));
  if (target) return target.slice('--target='.length);
  if (args.some(argument => argument.includes('local-cloud/'))) return 'Pub/Sub, storage and secrets';
  if (program.includes('postgres')) return 'PostgreSQL';
  return program.includes('redis') ? 'Redis' : 'other';
}

/** One that has ended meanwhile has nothing to say. */
function textOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
