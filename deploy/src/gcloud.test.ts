import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installedGcloud } from './gcloud.ts';

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
