import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Launch, launch } from './launch.ts';
import { findFreePort } from './ports.ts';

const stopDeadlineMs = 4_000;
/** A function that dies at once, again and again, must not keep the machine busy with its deaths. */
const maxRestartDelayMs = 5_000;

export interface FunctionSpec extends Launch {
  /** Told whenever the process ended by itself and another is started. */
  readonly onRestart: (how: string) => void;
}

/** A function running from its bundle, as the platform would run it; started again whenever it ends by itself. */
export class FunctionProcess {
  readonly #spec: FunctionSpec;
  #child: ChildProcess | undefined;
  /** The one that takes connections. */
  #listening: ChildProcess | undefined;
  #handedOver = 0;
  readonly #notTaken = new Map<number, { resolve(): void; reject(reason: Error): void }>();
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
    const { child, listens } = launch(this.#spec);
    this.#child = child;
    await listens();
    this.#listening = child;
    child.on('message', message => this.#hear(message));
    child.once('exit', (code, signal) => {
      for (const { reject } of this.#notTaken.values()) reject(new Error('The process has ended.'));
      this.#notTaken.clear();
      void this.#startAgain(signal ?? `code ${code}`, child);
    });
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

  /** Gives it a connection to answer on; fails while it could not take any, and when it ends before it has taken it. */
  async handOver(connection: Socket): Promise<void> {
    const child = this.#listening;
    if (this.#stopping || child?.connected !== true) throw new Error('There is no process to take it.');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#handedOver += 1;
    this.#notTaken.set(this.#handedOver, { resolve, reject });
    // Kept open here until the process says that it has it: one that dies meanwhile would leave the caller waiting.
    child.send({ connection: this.#handedOver }, connection, { keepOpen: true }, error => {
      if (error) reject(error);
    });
    await promise;
    connection.destroy();
  }

  #hear(message: unknown): void {
    const number: unknown = Reflect.get(Object(message), 'taken');
    if (typeof number !== 'number') return;
    this.#notTaken.get(number)?.resolve();
    this.#notTaken.delete(number);
  }

  /** Lets it finish what it has in hand, then starts what lies in its folder by now. What comes meanwhile comes again. */
  async renew(): Promise<void> {
    await this.stop();
    this.#stopping = false;
    this.#deaths = 0;
    const listens = this.start();
    const begun = this.#child;
    await listens.catch(() => void this.#startAgain('ended at its start', begun));
  }

  /** Ends the process the way a crash does. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Nothing is done about the end of a process in whose place another has come. */
  async #startAgain(how: string, ended: ChildProcess | undefined): Promise<void> {
    const isOver = (): boolean => this.#stopping || this.#child !== ended;
    if (isOver()) return;
    this.#spec.onRestart(how);
    await delay(Math.min(100 * 2 ** this.#deaths, maxRestartDelayMs));
    this.#deaths += 1;
    if (isOver()) return;
    const listens = this.start();
    const begun = this.#child;
    await listens.then(
      () => {
        this.#deaths = 0;
      },
      () => this.#startAgain('ended at its start', begun),
    );
  }
}

/** Enough for every function to start. Nothing answers there, and nothing is asked: clients open with the first message. */
export const idleEnvironment = {
  PROJECT_ID: 'none',
  BUCKET: 'none',
  REDISHOST: '127.0.0.1',
  DBHOST: '127.0.0.1',
  DBNAME: 'none',
  DBUSER: 'none',
  METADATA_SERVER_DETECTION: 'none',
};

/** How long a built function takes from the start of its process until it listens, in milliseconds. */
export async function measureStart(name: string): Promise<number> {
  const port = await findFreePort();
  const started = new FunctionProcess({
    name,
    port,
    environment: idleEnvironment,
    onLine: () => {},
    onRestart: () => {},
  });
  const before = performance.now();
  await started.start();
  const took = performance.now() - before;
  await started.stop();
  return took;
}
