import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import { findFreePort } from '@banknote-loop/local/ports';
import { until } from '@banknote-loop/shared/base';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { Client } from 'pg';

// `npm start` as a person uses it: the process, its output, its signals.

const root = join(import.meta.dirname, '..');
const stopWithinMs = 5_000;
const folder = makeTempFolder();

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  /** What it has written until it was ready. */
  readonly output: readonly string[];
}

const command = [join(root, 'local/src/start.ts'), '--port', '0', '--folder', folder];

async function start(environment: NodeJS.ProcessEnv = {}): Promise<Started> {
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, ...environment },
  });
  const output: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    output.push(line);
    const [, url] = /^ready (http:\/\/127\.0\.0\.1:\d+)$/.exec(line) ?? [];
    if (url) return { process: child, url, output };
  }
  throw new Error('npm start ended before it was ready.');
}

/** What a shell has set after it has read the addresses. */
function readAddresses(): NodeJS.ProcessEnv {
  const shell = spawnSync('sh', ['-c', `set -eua; . '${folder}/env'; env`], { encoding: 'utf8' });
  expect(shell.status).toBe(0);
  return parseEnv(shell.stdout);
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

    expect(readAddresses()).toMatchObject({ LOOP_URL: url, DBNAME: 'banknotes' });

    const { code, ms, family } = await endBy(signal, started);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(stopWithinMs);
    expect(family.filter(isAlive)).toEqual([]);
  });
});

describe('the environment of npm start', () => {
  it('reaches the functions, and is not taken at its word where it speaks of a loop that has ended', async () => {
    const origin = 'https://tellers.example.com';
    const first = await start({ CORS_ORIGINS: origin });
    const answer = await fetch(`${first.url}/batches`, { headers: { origin } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    const addresses = readAddresses();
    // What psql reads, pg reads as well.
    const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD } = addresses;
    const psql = new Client({
      ...{ host: PGHOST, port: Number(PGPORT), database: PGDATABASE, user: PGUSER, password: PGPASSWORD },
    });
    await psql.connect();
    expect((await psql.query('select promoted from models')).rows).toEqual([{ promoted: true }]);
    await psql.end();
    await endBy('SIGTERM', first);

    const second = await start(addresses);
    expect(second.output.join('\n')).toMatch(/left aside, since the loop on .* has ended: .*REDISHOST/);
    expect((await fetch(`${second.url}/batches`)).status).toBe(200);
    await endBy('SIGTERM', second);
  });

  it('is told from a service that does not answer by the variable, and what to do', async () => {
    const REDISPORT = String(await findFreePort());
    const env = { PATH: process.env.PATH, REDISHOST: '127.0.0.1', REDISPORT };
    const { status, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('REDISHOST is set to 127.0.0.1');
    expect(stderr).toContain('unset REDISHOST REDISPORT');
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
    await until('all its processes are gone', () => !family.some(isAlive));
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
