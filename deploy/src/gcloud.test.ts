import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installedGcloud, isAbsent, mayPass } from './gcloud.ts';

const path = process.env.PATH;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'banknote-loop-gcloud-'));
  const echo =
    '#!/bin/sh\nfor arg; do echo "[$arg]"; done\ncat\necho "prompts $CLOUDSDK_CORE_DISABLE_PROMPTS" >&2\nexit 3\n';
  writeFileSync(join(folder, 'gcloud'), echo);
  chmodSync(join(folder, 'gcloud'), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

it('hands arguments and input over as they are, and everything back', async () => {
  const outcome = await installedGcloud(['a "b" $c', '--d=e f'], 'to read');
  expect(outcome).toEqual({ code: 3, stdout: '[a "b" $c]\n[--d=e f]\nto read', stderr: 'prompts 1\n' });
});

it('says so when there is no gcloud', async () => {
  process.env.PATH = '/nowhere';
  await expect(installedGcloud(['version'])).rejects.toThrow(/gcloud is not installed/);
});

const saying = (stderr: string) => ({ code: 1, stdout: '', stderr });

it.each([
  'ERROR: (gcloud.pubsub.topics.describe) NOT_FOUND: CloudResource not found (resource=request).',
  "ERROR: (gcloud.functions.describe) ResponseError: status=[404], code=[Ok], message=[Resource 'x' was not found]",
  'ERROR: (gcloud.sql.instances.describe) There was no instance found at x or you are not authorized to access it.',
  'ERROR: (gcloud.run.services.describe) Cannot find service [prediction]',
  'ERROR: (gcloud.storage.buckets.describe) gs://b not found: 404.',
  'ERROR: (gcloud.iam.service-accounts.describe) NOT_FOUND: Unknown service account.',
  'ERROR: (gcloud.redis.instances.describe) PERMISSION_DENIED: SimulatedProject Redis API has not been used in project p before',
])('takes for absent: %s', stderr => {
  expect(isAbsent(saying(stderr))).toBe(true);
});

it.each([
  'ERROR: (gcloud.pubsub.topics.describe) PERMISSION_DENIED: User not authorized to perform this action.',
  'ERROR: (gcloud.auth) There was a problem refreshing your current auth tokens',
  'ERROR: gcloud crashed (ConnectionError): Max retries exceeded',
])('does not take for absent what cannot be seen: %s', stderr => {
  expect(isAbsent(saying(stderr))).toBe(false);
});

it.each([
  'INVALID_ARGUMENT: Service account loop-x@p.iam.gserviceaccount.com does not exist.',
  'Permission denied while using the Eventarc Service Agent. If you recently started to use Eventarc, it may take a few minutes',
  'HTTPError 412: The service account does not have the required permissions for the bucket.',
  'Could not build the function due to a missing permission on the build service account.',
  'NOT_FOUND: Cannot find metric(s) that match type = "x". If a metric was created recently, it could take up to 10 minutes',
  'Cloud Run Admin API has not been used in project 1 before or it is disabled. If you enabled this API recently, wait a few minutes',
])('tries again what a new right, account or metric makes possible: %s', text => {
  expect(mayPass(saying(text))).toBe(true);
});

it.each([
  'ALREADY_EXISTS',
  'INVALID_ARGUMENT: --range overlaps',
  'quota exceeded',
  'PERMISSION_DENIED: User [loop-deployer@p.iam.gserviceaccount.com] does not have permission to access projects instance [p]',
  'PERMISSION_DENIED: User [me@example.com] does not have permission to access projects instance [p]',
  "PERMISSION_DENIED: Permission 'pubsub.topics.create' denied on resource (or it may not exist).",
])('does not try again: %s', text => {
  expect(mayPass(saying(text))).toBe(false);
});
