import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '@banknote-loop/local/find-port';
import type { Envelope } from './envelopes.ts';
import { until } from './until.ts';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const loopbackOnly = join(root, 'local/src/loopback.cjs');

/** A function as it is deployed, launched as the platform launches it; the bundles must have been built. */
export class FunctionUnderTest {
  /** Everything that it wrote, a line at a time. */
  readonly output: string[] = [];
  /** Its exit code, when it has ended by itself. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #port: number;

  constructor(name: string, port: number, environment: NodeJS.ProcessEnv) {
    const source = join(root, 'dist/functions', name);
    const args = [
      '--require',
      loopbackOnly,
      launcher,
      `--source=${source}`,
      `--target=${name}`,
      `--port=${port}`,
    ];
    const child = spawn(process.execPath, args, {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        METADATA_SERVER_DETECTION: 'none',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#port = port;
    this.ended = once(child, 'close').then(([code]) => code);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', line => this.output.push(line));
    }
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
    await until('the function listens', async () => {
      if (this.#child.exitCode !== null) throw new Error(`The function ended: ${this.output.join('\n')}`);
      return fetch(`http://127.0.0.1:${this.#port}/robots.txt`).then(
        () => true,
        () => false,
      );
    });
    return this;
  }

  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

export async function launchFunction(
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<FunctionUnderTest> {
  return new FunctionUnderTest(name, await findFreePort(), environment);
}
