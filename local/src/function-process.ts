import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from './services.ts';

const root = join(import.meta.dirname, '../..');
const launcher = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const preloaded = ['loopback.cjs', 'follow-runner.cjs'].flatMap(file => [
  '--require',
  join(import.meta.dirname, file),
]);

const startDeadlineMs = 20_000;
const stopDeadlineMs = 4_000;
/** A function that dies at once, again and again, must not keep the machine busy with its deaths. */
const maxRestartDelayMs = 5_000;

export interface FunctionSpec {
  readonly name: string;
  readonly port: number;
  readonly environment: Environment;
  /** Receives the function's output, a line at a time. */
  readonly onLine: (line: string) => void;
  /** Told whenever the process ended by itself and another is started. */
  readonly onRestart: (how: string) => void;
}

/** A function running from its bundle, as the platform would run it; started again whenever it ends by itself. */
export class FunctionProcess {
  readonly #spec: FunctionSpec;
  #child: ChildProcess | undefined;
  #stopping = false;
  #deaths = 0;

  constructor(spec: FunctionSpec) {
    this.#spec = spec;
  }

  get port(): number {
    return this.#spec.port;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the function listens. */
  async start(): Promise<void> {
    const child = this.#spawn();
    const ended = once(child, 'exit').then(() => {
      throw new Error(`The function ${this.#spec.name} ended before it listened; its output says why.`);
    });
    await Promise.race([this.#listens(), ended]);
    child.once('exit', (code, signal) => void this.#startAgain(signal ?? `code ${code}`));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopDeadlineMs);
    await ended.finally(() => clearTimeout(force));
  }

  /** Ends the process the way a crash does. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  #spawn(): ChildProcess {
    const { name, port, environment, onLine } = this.#spec;
    const source = join(root, 'dist/functions', name);
    const child = spawn(
      process.execPath,
      [...preloaded, launcher, `--source=${source}`, `--target=${name}`, `--port=${port}`],
      {
        cwd: source,
        env: { PATH: process.env.PATH, ...environment, NODE_ENV: 'production' },
        stdio: ['pipe', 'pipe', 'pipe'],
        // Ctrl-C is for the runner alone, which stops the functions in good order.
        detached: true,
      },
    );
    createInterface(child.stdout).on('line', onLine);
    createInterface(child.stderr).on('line', onLine);
    this.#child = child;
    return child;
  }

  async #startAgain(how: string): Promise<void> {
    if (this.#stopping) return;
    this.#spec.onRestart(how);
    await delay(Math.min(100 * 2 ** this.#deaths, maxRestartDelayMs));
    this.#deaths += 1;
    if (this.#stopping) return;
    await this.start().then(
      () => {
        this.#deaths = 0;
      },
      () => this.#startAgain('ended at its start'),
    );
  }

  async #listens(): Promise<void> {
    const deadline = Date.now() + startDeadlineMs;
    while (Date.now() < deadline) {
      if (await accepts(this.#spec.port)) return;
      await delay(20);
    }
    throw new Error(`The function ${this.#spec.name} did not listen within ${startDeadlineMs / 1000} s.`);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
