import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareSecret } from '@banknote-loop/local/prepare-cloud';
import { type Secrets, startSecrets } from '@banknote-loop/local-cloud';
import { readSecret } from './read-secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-secrets-'));
let secrets: Secrets;
beforeAll(async () => {
  secrets = await startSecrets({ folder });
});
afterAll(async () => {
  await secrets.close();
  rmSync(folder, { recursive: true, force: true });
});

const settings = () => ({ PROJECT_ID: 'test', SECRET_MANAGER_EMULATOR_HOST: secrets.address });

it('reads what is kept', async () => {
  await prepareSecret('test', secrets.address, 'pässword');
  expect(await readSecret('db-pass', settings())).toBe('pässword');
});

it('fails when there is no such secret', async () => {
  await expect(readSecret('other', settings())).rejects.toMatchObject({ code: 5 });
});
