import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { type TlsMode, tlsOptions } from '../base/tls.ts';
import { readSecret, type SecretManagerAddress } from '../secrets/read-secret.ts';

interface Wanted {
  readonly mode: TlsMode;
  readonly host: string;
  /** Where the certificates of the authorities are that are believed: a file, or a secret. */
  readonly file: string | undefined;
  readonly secret: string | undefined;
}

/** How a connection is to be secured; nothing where it is not. */
export async function readTls(
  { mode, host, file, secret }: Wanted,
  secrets: SecretManagerAddress,
): Promise<ConnectionOptions | undefined> {
  if (mode === 'disable' || mode === 'require') return tlsOptions(mode, host);
  const authorities = file ? readFile(file, 'utf8') : secret ? readSecret(secret, secrets) : undefined;
  return tlsOptions(mode, host, await authorities);
}
