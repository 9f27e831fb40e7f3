import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findFreePort } from '@banknote-loop/local/ports';

/** A real OpenID Connect provider on this machine, which knows one client: the page. */
export interface TestProvider {
  readonly url: string;
  /** What a function or a loop needs to know of it. */
  readonly settings: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export const clientId = 'the-page';

export async function startProvider(pageUrl: string, secret?: string): Promise<TestProvider> {
  const port = await findFreePort();
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, JSON.stringify({ port, pageUrl, secret })], {
    // It complains of what is good enough for tests.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('The provider does not start.'))),
  ]);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    settings: {
      AUTH_JWKS_URL: `${url}/jwks`,
      AUTH_ISSUER: url,
      AUTH_AUDIENCE: 'banknote-loop',
      AUTH_CLIENT_ID: clientId,
      AUTH_PAGE_URL: pageUrl,
      ...(secret && { AUTH_CLIENT_SECRET: secret }),
    },
    async close() {
      child.kill();
      await ended;
    },
  };
}
