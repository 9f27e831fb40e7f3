import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '@banknote-loop/shared/base';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';

// `npm start` as a person uses it: the process, its output, its signals.

const root = join(import.meta.dirname, '..');
const stopWithinMs = 5_000;
const folder = makeTempFolder();

jest.setTimeout(120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
}

async function start(): Promise<Started> {
  const args = [join(root, 'local/src/start.ts'), '--port', '0', '--folder', folder];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^ready (http:\/\/127\.0\.0\.1:\d+)$/.exec(line) ?? [];
    if (url) return { process: child, url };
  }
  throw new Error('npm start ended before it was ready.');
}

async function endBy(signal: NodeJS.Signals, { process: child }: Started) {
  const family = descendantsOf(child.pid ?? 0);
  const startedAt = performance.now();
  child.kill(signal);
  const [code] = await once(child, 'exit');
  return { code, ms: performance.now() - startedAt, family };
}

describe.each(['SIGTERM', 'SIGINT'] as const)('npm start, ended by %s', signal => {
  it('says where it is, serves, writes its addresses for a shell, and ends without a trace', async () => {
    const started = await start();
    const { url } = started;
    expect((await fetch(`${url}/batches`)).status).toBe(200);

    const shell = spawnSync('sh', ['-c', `set -eua; . '${folder}/env'; env`], { encoding: 'utf8' });
    expect(shell.status).toBe(0);
    expect(shell.stdout).toContain(`LOOP_URL=${url}`);
    expect(shell.stdout).toMatch(/^DBNAME=banknotes$/m);

    const { code, ms, family } = await endBy(signal, started);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(stopWithinMs);
    expect(family.filter(isAlive)).toEqual([]);
  });
});

(existsSync('/proc/net/tcp') ? describe : describe.skip)('the processes of npm start', () => {
  it('listen on the loopback interface only, and end when the first of them is killed', async () => {
    const started = await start();
    const family = [started.process.pid ?? 0, ...descendantsOf(started.process.pid ?? 0)];
    const addresses = family.flatMap(listeningAddresses);
    // Ten functions, the front, and five services.
    expect(addresses.length).toBeGreaterThan(10);
    expect([...new Set(addresses)]).toEqual(['127.0.0.1']);

    await endBy('SIGKILL', started);
    await until('all its processes are gone', () => !family.some(isAlive), 15_000);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s+Z/m.test(readIfThere(`/proc/${pid}/status`));
}

/** All processes that a process has started, and they in turn; none where the system has no /proc to read it from. */
function descendantsOf(pid: number): readonly number[] {
  const all = existsSync('/proc/self/stat') ? readdirSync('/proc').map(Number).filter(Boolean) : [];
  const childrenOf = Map.groupBy(all, parentOf);
  const below = (parent: number): readonly number[] =>
    (childrenOf.get(parent) ?? []).flatMap(child => [child, ...below(child)]);
  return below(pid);
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(readIfThere(`/proc/${pid}/status`))?.[1]);
}

const listening = '0A';

/** The addresses on which a process listens, as the kernel knows them. */
function listeningAddresses(pid: number): readonly string[] {
  const sockets = new Set(socketsOf(pid));
  const tables = ['tcp', 'tcp6'].map(table => readIfThere(`/proc/${pid}/net/${table}`));
  const rows = tables.flatMap(table => table.split('\n').slice(1)).map(row => row.trim().split(/\s+/));
  return rows.flatMap(([, local = '', , state, , , , , , inode = '']) =>
    state === listening && sockets.has(inode) ? [addressOf(local)] : [],
  );
}

function socketsOf(pid: number): readonly string[] {
  const links = existsSync(`/proc/${pid}/fd`) ? readdirSync(`/proc/${pid}/fd`) : [];
  return links.flatMap(link => /socket:\[(\d+)\]/.exec(linkOf(`/proc/${pid}/fd/${link}`))?.[1] ?? []);
}

/** The kernel writes the four bytes of an address the wrong way round, as hexadecimal digits. */
function addressOf(local: string): string {
  const [hex = ''] = local.split(':');
  if (hex.length > 8) return `IPv6 ${hex}`;
  return [...Buffer.from(hex, 'hex')].reverse().join('.');
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
