import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  type LocalStorage,
  type PubSub,
  type Secrets,
  startPubSub,
  startSecrets,
  startStorage,
} from './index.ts';
import { gcloudSettings, has } from './testing/command-line.ts';

const run = promisify(execFile);

let folder: string;
let pubsub: PubSub;
let storage: LocalStorage;
let secrets: Secrets;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gcloud-test-'));
  pubsub = await startPubSub();
  storage = await startStorage({ folder: path.join(folder, 'storage') });
  secrets = await startSecrets({ folder: path.join(folder, 'secrets') });
});

afterAll(async () => {
  await pubsub.close();
  await storage.close();
  await secrets.close();
  rmSync(folder, { recursive: true });
});

/** Runs gcloud with settings of its own, towards the services of this test and nowhere else. */
async function gcloud(...command: string[]): Promise<string> {
  const env = {
    ...process.env,
    ...gcloudSettings(folder),
    CLOUDSDK_CORE_PROJECT: 'test',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB: `http://${pubsub.address}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER: `http://${secrets.address}/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `${storage.url}/storage/v1/`,
  };
  return (await run('gcloud', [...command, '--quiet'], { env })).stdout.trim();
}

const withGcloud = has('gcloud', '--version') ? it : it.skip;

withGcloud('gcloud pubsub works (needs gcloud)', async () => {
  const cloud = (...command: string[]) => gcloud('pubsub', ...command);
  await cloud('topics', 'create', 'notes', '--message-retention-duration=1h');
  await cloud('subscriptions', 'create', 'notes', '--topic=notes', '--message-filter=attributes:kind');
  await cloud('snapshots', 'create', 'before', '--subscription=notes');
  await cloud('topics', 'publish', 'notes', '--message=hello', '--attribute=kind=real');
  const pull = () =>
    cloud('subscriptions', 'pull', 'notes', '--auto-ack', '--format=value(message.attributes.kind)');
  expect(await pull()).toBe('real');
  await cloud('subscriptions', 'seek', 'notes', '--snapshot=before');
  expect(await pull()).toBe('real');
  await cloud('subscriptions', 'update', 'notes', '--ack-deadline=40');
  expect(await cloud('subscriptions', 'describe', 'notes', '--format=value(ackDeadlineSeconds)')).toBe('40');
  expect(await cloud('topics', 'list', '--format=value(name)')).toBe('projects/test/topics/notes');
  await cloud('subscriptions', 'delete', 'notes');
  await expect(cloud('subscriptions', 'describe', 'notes')).rejects.toMatchObject({
    stderr: expect.stringContaining('NOT_FOUND'),
  });
});

withGcloud('gcloud storage copies, reads, lists, moves, mirrors and removes (needs gcloud)', async () => {
  const cloud = (...command: string[]) => gcloud('storage', ...command);
  const here = (...parts: string[]) => path.join(folder, ...parts);
  mkdirSync(here('notes', 'old'), { recursive: true });
  writeFileSync(here('notes', 'a.txt'), 'first');
  writeFileSync(here('notes', 'old', 'b.bin'), Buffer.alloc(9_000_000, 7));

  await cloud('buckets', 'create', 'gs://models', '--location=europe-west1');
  await cloud('buckets', 'update', 'gs://models', '--versioning');
  await cloud('cp', '--recursive', here('notes'), 'gs://models/');
  expect(await cloud('cat', 'gs://models/notes/a.txt')).toBe('first');
  const listed =
    'gs://models/notes/:\ngs://models/notes/a.txt\n\ngs://models/notes/old/:\ngs://models/notes/old/b.bin';
  expect(await cloud('ls', '--recursive', 'gs://models/notes')).toBe(listed);
  await cloud('cp', 'gs://models/notes/old/b.bin', here('back.bin'));
  expect(readFileSync(here('back.bin')).equals(readFileSync(here('notes', 'old', 'b.bin')))).toBe(true);
  await cloud('mv', 'gs://models/notes/a.txt', 'gs://models/moved.txt');
  expect(await cloud('ls', 'gs://models/**.txt')).toBe('gs://models/moved.txt');
  expect((await cloud('ls', '--all-versions', 'gs://models/notes/a.txt')).split('\n')).toHaveLength(1);
  await cloud('rsync', '--recursive', here('notes'), 'gs://models/mirror');
  await cloud('rsync', '--recursive', 'gs://models/mirror', here('mirror'));
  expect(readFileSync(here('mirror', 'a.txt'), 'utf8')).toBe('first');
  await cloud('rm', '--recursive', 'gs://models');
  await expect(cloud('ls')).rejects.toMatchObject({
    stderr: expect.stringContaining('matched no objects'),
  });
});

withGcloud('gcloud secrets keeps and reads versions (needs gcloud)', async () => {
  const cloud = (...command: string[]) => gcloud('secrets', ...command);
  const file = path.join(folder, 'password');
  writeFileSync(file, 'swordfish');
  await cloud('create', 'password', `--data-file=${file}`, '--labels=app=loop');
  expect(await cloud('versions', 'access', 'latest', '--secret=password')).toBe('swordfish');
  await cloud('update', 'password', '--update-labels=app=other');
  expect(await cloud('list', '--format=value(name.basename(), labels.app)')).toBe('password\tother');
});
