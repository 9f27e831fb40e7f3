import { once } from 'node:events';
import { type Launched, launch } from '@banknote-loop/local/launch';
import { findFreePort } from '@banknote-loop/local/ports';
import type { Envelope } from './envelopes.ts';

/** A function as it is deployed, launched as the platform launches it; the bundles must have been built. */
export class FunctionUnderTest {
  /** Everything that it wrote, a line at a time. */
  readonly output: string[] = [];
  /** Its exit code, when it has ended by itself. */
  readonly ended: Promise<number | null>;
  readonly #port: number;
  readonly #launched: Launched;

  constructor(name: string, port: number, environment: NodeJS.ProcessEnv) {
    this.#port = port;
    this.#launched = launch({
      name,
      port,
      environment: { METADATA_SERVER_DETECTION: 'none', ...environment },
      onLine: line => this.output.push(line),
    });
    this.ended = once(this.#launched.child, 'close').then(([code]) => code);
  }

  /** The status with which it answers. */
  async push({ headers, body }: Envelope): Promise<number> {
    return (await this.send(JSON.stringify(body), { ...headers })).status;
  }

  send(
    body: string | Buffer,
    headers: Readonly<Record<string, unknown>>,
    { path = '/', method = 'POST' } = {},
  ): Promise<Response> {
    const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    return fetch(`http://127.0.0.1:${this.#port}${path}`, { method, body, headers: given });
  }

  async listens(): Promise<this> {
    await this.#launched.listens().catch(cause => {
      throw new Error(`It does not listen: ${this.output.join('\n')}`, { cause });
    });
    return this;
  }

  terminate(): void {
    this.#launched.child.kill('SIGTERM');
  }

  async kill(): Promise<void> {
    this.#launched.child.kill('SIGKILL');
    await this.ended;
  }
}

export async function launchFunction(
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<FunctionUnderTest> {
  return new FunctionUnderTest(name, await findFreePort(), environment);
}
