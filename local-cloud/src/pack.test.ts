import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { Storage } from '@google-cloud/storage';
import { credentials } from '@grpc/grpc-js';
import { connectClients } from './pubsub/testing/clients.ts';
import { startStorage } from './storage/start.ts';
import { gcloudSettings, has } from './testing/command-line.ts';

const run = promisify(execFile);

const packageFolder = path.join(import.meta.dirname, '..');
const compiler = path.join(packageFolder, '../node_modules/typescript/bin/tsc');
const project = 'projects/test';

let folder: string;
let empty: string;
let running: ChildProcess | undefined;

// npm runs on the Node.js of this process.
const PATH = [path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
const withNode = { ...process.env, PATH };

/** Without a network. */
function npm(...args: string[]): void {
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--silent'], {
    cwd: empty,
    env: withNode,
    shell: process.platform === 'win32',
  });
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pack-test-'));
  empty = path.join(folder, 'empty');
  mkdirSync(empty);
  execFileSync(process.execPath, [path.join(packageFolder, 'pack.ts'), '--to', folder], { env: withNode });
  const tarball = readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '';
  writeFileSync(path.join(empty, 'package.json'), '{"type":"module"}');
  npm('install', path.join(folder, tarball));
});

afterEach(() => {
  running?.kill('SIGKILL');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the installed command and answers the environment that it prints. */
async function startCommand(...args: string[]): Promise<Record<string, string>> {
  const main = path.join(empty, 'node_modules/@banknote-loop/local-cloud/main.js');
  const command = spawn(process.execPath, [main, ...args], {
    cwd: empty,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = command;
  const environment: Record<string, string> = {};
  for await (const line of createInterface({ input: command.stdout })) {
    if (line === '# ready') return environment;
    const [, name = '', value = ''] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    environment[name] = value;
  }
  throw new Error('The command ended before it was ready.');
}

async function stopCommand(): Promise<unknown> {
  const ended = new Promise(resolve => running?.once('exit', resolve));
  running?.kill('SIGTERM');
  return ended;
}

it('has no dependencies, and a command by its name', () => {
  const installed = readdirSync(path.join(empty, 'node_modules')).filter(name => !name.startsWith('.'));
  expect(installed).toEqual(['@banknote-loop']);
  expect(readdirSync(path.join(empty, 'node_modules/.bin'))).toContain('local-cloud');
});

it("serves Google's clients from a folder where nothing else is installed", async () => {
  const environment = await startCommand('--project', 'test', '--data', 'data');
  expect(environment.GOOGLE_CLOUD_PROJECT).toBe('test');
  const clients = connectClients(environment.PUBSUB_EMULATOR_HOST ?? '');
  const [topic, subscription] = [`${project}/topics/notes`, `${project}/subscriptions/notes`];
  await clients.publisher.createTopic({ name: topic });
  await clients.subscriber.createSubscription({ name: subscription, topic });
  await clients.publisher.publish({ topic, messages: [{ data: Buffer.from('hello') }] });
  const [{ receivedMessages }] = await clients.subscriber.pull({ subscription, maxMessages: 1 });
  expect(String(receivedMessages?.[0]?.message?.data)).toBe('hello');
  const listed = await fetch(`${environment.CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB}v1/${project}/topics`);
  expect(await listed.json()).toMatchObject({ topics: [{ name: topic }] });
  await clients.close();

  const storage = new Storage({ projectId: 'test', apiEndpoint: environment.STORAGE_EMULATOR_HOST ?? '' });
  const [bucket] = await storage.createBucket('models');
  await bucket.file('model').save('content');
  expect((await bucket.file('model').download())[0].toString()).toBe('content');

  const [servicePath = '', port] = environment.SECRET_MANAGER_EMULATOR_HOST?.split(':') ?? [];
  const secrets = new SecretManagerServiceClient({
    servicePath,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  });
  const replication = { automatic: {} };
  await secrets.createSecret({ parent: project, secretId: 'password', secret: { replication } });
  await secrets.close();

  expect(await stopCommand()).toBe(0);
  expect(readdirSync(path.join(empty, 'data')).sort()).toEqual(['pubsub', 'secrets', 'storage']);
});

// Debian has Google's clients for Go: apt-get install golang-go golang-google-cloud-dev.
const goFolder = '/usr/share/gocode';
const goSettings = { GO111MODULE: 'off', GOPATH: goFolder, GOFLAGS: '' };
const hasGo = has('go', 'version') && existsSync(path.join(goFolder, 'src/cloud.google.com/go/pubsub'));

(hasGo ? it : it.skip)(
  "serves Go's clients there (needs Debian's golang-go and golang-google-cloud-dev)",
  async () => {
    const environment = { ...process.env, ...(await startCommand('--project', 'test')), ...goSettings };
    const program = path.join(import.meta.dirname, 'testing/go-client.go');
    const { stdout } = await run('go', ['run', program], { env: environment });
    expect(stdout.split('\n')).toEqual([
      'received hello',
      'read 1000000 bytes',
      expect.stringContaining('has no PUT /b/from-go/acl'),
      'secret swordfish',
      '',
    ]);
    expect(await stopCommand()).toBe(0);
  },
);

(has('gcloud', '--version') ? it : it.skip)('serves gcloud there (needs gcloud)', async () => {
  const settings = { ...(await startCommand('--project', 'test')), ...gcloudSettings(folder) };
  const gcloud = async (...command: string[]) =>
    (await run('gcloud', [...command, '--quiet'], { env: { ...process.env, ...settings } })).stdout.trim();
  await gcloud('pubsub', 'topics', 'create', 'notes');
  expect(await gcloud('pubsub', 'topics', 'list', '--format=value(name)')).toBe(`${project}/topics/notes`);
  const file = path.join(folder, 'note.txt');
  writeFileSync(file, 'swordfish');
  await gcloud('storage', 'buckets', 'create', 'gs://models');
  await gcloud('storage', 'cp', file, 'gs://models/');
  expect(await gcloud('storage', 'cat', 'gs://models/note.txt')).toBe('swordfish');
  await gcloud('secrets', 'create', 'password', `--data-file=${file}`);
  expect(await gcloud('secrets', 'list', '--format=value(name.basename())')).toBe('password');
  expect(await stopCommand()).toBe(0);
});

it('is three lines in a test of somebody else, with types', () => {
  const lines = [
    "import { startLocalCloud } from '@banknote-loop/local-cloud';",
    "const cloud = await startLocalCloud({ project: 'mine' });",
    'console.log(cloud.environment.GOOGLE_CLOUD_PROJECT);',
    'await cloud.close();',
  ];
  writeFileSync(path.join(empty, 'three-lines.js'), lines.join('\n'));
  const printed = execFileSync(process.execPath, ['three-lines.js'], { cwd: empty, encoding: 'utf8' });
  expect(printed.trim()).toBe('mine');

  const wrong =
    "import { startLocalCloud } from '@banknote-loop/local-cloud';\nstartLocalCloud({ project: 7 });\n";
  writeFileSync(path.join(empty, 'wrong.ts'), wrong);
  const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
  const check = (file: string) =>
    execFileSync(process.execPath, [compiler, ...flags, '--ignoreConfig', file], {
      cwd: empty,
      stdio: 'pipe',
    });
  expect(() => check('wrong.ts')).toThrow();
  writeFileSync(
    path.join(empty, 'right.ts'),
    readFileSync(path.join(empty, 'wrong.ts'), 'utf8').replace('7', "'mine'"),
  );
  check('right.ts');
});

it('says what is wrong with an option, and ends', async () => {
  const taken = await startStorage({ folder: path.join(folder, 'taken') });
  const main = path.join(empty, 'node_modules/@banknote-loop/local-cloud/main.js');
  const start = (...args: string[]) => execFileSync(process.execPath, [main, ...args], { stdio: 'pipe' });
  expect(() => start('--pubsub-port', 'x')).toThrow('"x" is no number: give --pubsub-port one.');
  expect(() => start('--prot', '1')).toThrow('--prot');
  const { port } = new URL(taken.url);
  expect(() => start('--storage-port', port)).toThrow('EADDRINUSE');
  expect(start('--help').toString()).toContain('--data FOLDER');
  await taken.close();
});
