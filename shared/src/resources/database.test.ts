import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareSecret } from '@banknote-loop/local/prepare-cloud';
import { type Secrets, startSecrets } from '@banknote-loop/local-cloud';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { openTestDatabase, quiet, type TestDatabase } from '@banknote-loop/testing/services';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { plaintext } from '../base/emulator.ts';
import { classify } from '../base/errors.ts';
import { until } from '../base/timing.ts';
import type { Database } from '../postgres/database.ts';
import { database } from './database.ts';
import type { Opened } from './resource.ts';

// A password is changed while a function runs: in PostgreSQL and in Secret Manager, in either order.

const projectId = 'test';
const user = `rotating_${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-rotation-'));
let test: TestDatabase;
let secrets: Secrets;
let opened: Opened<Database>;

beforeAll(async () => {
  [test, secrets] = await Promise.all([openTestDatabase(), startSecrets({ folder })]);
  await test.asOwner(`create role ${user} login password 'first' in role ml_readwrite`);
  await prepareSecret(projectId, secrets.address, 'first');
  const place = { PROJECT_ID: projectId, SECRET_MANAGER_EMULATOR_HOST: secrets.address };
  const settings = database.settings.parse({ ...place, ...test.settings, DBUSER: user });
  opened = await database.open(settings, quiet, banknotes);
});

afterAll(async () => {
  await opened.close();
  await test.asOwner(`drop role ${user}`);
  await Promise.all([test.close(), secrets.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Whoever is logged in stays so: that is ended too, as a new instance or a restart of the server would. */
function changeInDatabase(password: string): Promise<void> {
  return test.asOwner(
    `alter role ${user} password '${password}';
     select pg_terminate_backend(pid) from pg_stat_activity where usename = '${user}'`,
  );
}

async function addSecretVersion(password: string): Promise<void> {
  const client = new SecretManagerServiceClient({ projectId, ...(await plaintext(secrets.address)) });
  const parent = client.secretPath(projectId, 'db-pass');
  await client.addSecretVersion({ parent, payload: { data: Buffer.from(password) } });
  await client.close();
}

/** Whether a message would be done now; what fails on a connection that has just been ended would come again. */
function works(): Promise<boolean> {
  return opened.client.ping().then(
    () => true,
    error => {
      if (classify(error) !== 'transient') throw error;
      return false;
    },
  );
}

it('logs in with a new version of the secret as soon as the old one is refused', async () => {
  expect(await works()).toBe(true);
  await addSecretVersion('second');
  await changeInDatabase('second');
  await until('the new password is used', works);
});

it('fails only for as long as the database has a password that the secret has not', async () => {
  await changeInDatabase('third');
  await until('the old password is refused', async () => !(await works()));
  await addSecretVersion('third');
  await until('the new password is used', works);
});
