import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '@banknote-loop/local/ports';
import { prepareMessaging } from '@banknote-loop/local/prepare-cloud';
import { type Services, startServices } from '@banknote-loop/local/services';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { pubSubIn } from '@banknote-loop/shared/pubsub';
import { aFeedback, aRequest, envelopes, until } from '@banknote-loop/testing';
import {
  openTestCache,
  openTestDatabase,
  type TestCache,
  type TestDatabase,
  testPassword,
} from '@banknote-loop/testing/services';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { Outside } from '@banknote-loop/testing/traffic/outside';
import { readTopology } from '../functions/topology.ts';

// What is deployed, away from the repository: each built folder with nothing but what its package.json names, started
// with the variables that the platform sets, and given one event.

const root = join(import.meta.dirname, '..');
const built = join(root, 'dist/functions');
const folder = makeTempFolder();
const image = functionImage();
const names = readdirSync(built, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name);

let database: TestDatabase;
let cache: TestCache;
let services: Services;
let outside: Outside;
let child: ChildProcess | undefined;

beforeAll(async () => {
  installOnce();
  [database, cache] = await Promise.all([openTestDatabase(), openTestCache()]);
  const given = { ...database.settings, ...cache.settings, PGPASSWORD: testPassword };
  services = await startServices({
    folder: join(folder, 'services'),
    dataSet: findDataSet('banknotes'),
    durable: false,
    given,
    print: () => {},
  });
  await prepareMessaging(pubSubIn(services.environment), [], { minSeconds: 1, maxSeconds: 1 });
  outside = new Outside(services.environment);
});

afterEach(async () => {
  if (!child) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  child = undefined;
});

afterAll(async () => {
  await outside.close();
  await services.stop();
  await Promise.all([database.close(), cache.close()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

function lockIn(path: string): Lock {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** What must be installed of a lock file, each with its version. */
function versionsIn({ packages }: Lock): Readonly<Record<string, string | undefined>> {
  const others = Object.entries(packages).filter(([path]) => path.startsWith('node_modules/'));
  return Object.fromEntries(others.map(([path, { version }]) => [path, version]));
}

/** How the image of a function installs packages, and what it starts: there may be no docker here, but the words are the same. */
function functionImage(): { readonly install: readonly string[]; readonly start: readonly string[] } {
  const [, stage = ''] = readFileSync(join(root, 'Dockerfile'), 'utf8').split(/^FROM \S+ AS function$/m);
  const [, install = ''] = /^RUN npm (ci [^&]+)/m.exec(stage) ?? [];
  const [, command = ''] = /^CMD (\[.+\])$/m.exec(stage) ?? [];
  const [, ...start]: string[] = JSON.parse(command);
  return { install: install.trim().split(' '), start };
}

/** All need the same framework, so that one installation above their folders is that of each. */
function installOnce(): void {
  for (const file of ['package.json', 'package-lock.json'])
    cpSync(join(built, 'prediction', file), join(folder, file));
  const words = [...image.install, '--prefer-offline'];
  execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  for (const name of names) cpSync(join(built, name), join(folder, 'functions', name), { recursive: true });
}

/** As the platform starts it, which for a trigger says that it expects a function for CloudEvents. */
async function start(name: string, signature: 'http' | 'cloudevent'): Promise<string> {
  const port = await findFreePort();
  const [launcher = '', ...flags] = image.start;
  const preload = ['--require', join(root, 'local/src/loopback.cjs')];
  const started = spawn(process.execPath, [...preload, join(folder, launcher), ...flags], {
    cwd: join(folder, 'functions', name),
    env: {
      ...services.environment,
      PORT: String(port),
      FUNCTION_TARGET: name,
      FUNCTION_SIGNATURE_TYPE: signature,
      NODE_ENV: 'production',
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child = started;
  const ended = once(started, 'exit').then(([code]) => Promise.reject(new Error(`${name} ended: ${code}.`)));
  await Promise.race([once(started, 'message'), ended]);
  return `http://127.0.0.1:${port}`;
}

async function push(url: string, data: string): Promise<number> {
  const event = { data: Buffer.from(data), attributes: {}, messageId: 'one', publishTime: new Date() };
  const { headers, body } = envelopes.eventarc(event);
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return (await fetch(url, { method: 'POST', headers: entries, body: JSON.stringify(body) })).status;
}

it('is built for every function, and for nothing else', async () => {
  const functions = await readTopology();
  expect(names.toSorted()).toEqual(functions.map(({ name }) => name).toSorted());
});

it('installs the very versions that the repository works with', () => {
  const installed = versionsIn(lockIn(join(folder, 'node_modules/.package-lock.json')));
  const { packages } = lockIn(join(root, 'package-lock.json'));
  const wanted = Object.keys(installed).map(path => [path, packages[path]?.version]);
  expect(Object.keys(installed).length).toBeGreaterThan(50);
  expect(installed).toEqual(Object.fromEntries(wanted));
});

it.each(names)('%s names a version and a checksum for each package that is installed beside it', name => {
  const lock = lockIn(join(built, name, 'package-lock.json'));
  expect(versionsIn(lock)).toMatchObject(versionsIn(lockIn(join(built, 'prediction/package-lock.json'))));
  const { '': _, ...others } = lock.packages;
  for (const entry of Object.values(others)) {
    expect(entry).toMatchObject({ version: expect.any(String), integrity: expect.any(String) });
  }
});

it.each(names.filter(name => !name.endsWith('-api')))(
  '%s takes an event, and hands on what is none of its',
  async name => {
    const url = await start(name, 'cloudevent');
    expect(await push(url, `not for ${name}`)).toBe(204);
    await until('its dead letter has arrived', () =>
      outside.deadLetters.some(({ attributes }) => attributes.dead_letter_function === name),
    );
  },
);

it('training learns without the native library, too', async () => {
  const url = await start('training', 'cloudevent');
  expect(await push(url, JSON.stringify(aFeedback()))).toBe(204);
  const { rows } = await database.pool.query('select promoted from models');
  expect(rows).toEqual([{ promoted: true }]);
});

it('ingest-api takes notes', async () => {
  const { subjects, features } = aRequest();
  const body = JSON.stringify({ subjects, features });
  const headers = { 'content-type': 'application/json' };
  const url = await start('ingest-api', 'http');
  expect((await fetch(`${url}/notes`, { method: 'POST', headers, body })).status).toBe(202);
});

it('predict-api answers', async () => {
  const url = await start('predict-api', 'http');
  expect((await fetch(`${url}/batches`)).status).toBe(200);
});
