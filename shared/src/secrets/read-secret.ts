import { plaintext } from '../base/emulator.ts';

const accessDeadlineMs = 5_000;

export interface SecretManagerAddress {
  readonly PROJECT_ID: string;
  readonly SECRET_MANAGER_EMULATOR_HOST?: string | undefined;
}

/** Reads the newest version of a secret from Secret Manager. */
export async function readSecret(
  name: string,
  { PROJECT_ID, SECRET_MANAGER_EMULATOR_HOST }: SecretManagerAddress,
): Promise<string> {
  const { SecretManagerServiceClient } = await import('../clients/secret-manager.ts');
  const client = new SecretManagerServiceClient({
    projectId: PROJECT_ID,
    ...(SECRET_MANAGER_EMULATOR_HOST && (await plaintext(SECRET_MANAGER_EMULATOR_HOST))),
  });
  try {
    const path = client.secretVersionPath(PROJECT_ID, name, 'latest');
    const [version] = await client.accessSecretVersion({ name: path }, { timeout: accessDeadlineMs });
    const { data } = version.payload ?? {};
    if (!data) throw new Error(`The secret ${name} is empty.`);
    return typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
  } finally {
    await client.close();
  }
}
