import cluster, { type Worker } from 'node:cluster';
import { Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { readSettings } from '../resources/read-settings.ts';
import { processSettings } from '../resources/settings.ts';

/** A process that dies at once, again and again, must not keep the machine busy with its deaths. */
const longestPauseMs = 5_000;

/**
 * Runs one process for each core behind one port, where `WEB_CONCURRENCY` asks for more than one; answers whether this
 * process only looks after the others. Connections of the database are shared out among them.
 */
export function runProcesses(environment: NodeJS.ProcessEnv): boolean {
  if (cluster.isWorker) return false;
  const { WEB_CONCURRENCY: wanted, DBPOOL } = readSettings(processSettings, environment);
  const count = wanted === 'auto' ? availableParallelism() : wanted;
  if (count === 1) return false;
  // The framework would listen here, too, and leave the others without the port.
  Server.prototype.listen = function notHere() {
    return this;
  };
  new Processes({ DBPOOL: String(Math.max(1, Math.floor(DBPOOL / count))) }).start(count);
  return true;
}

/** The processes that answer: those that die are replaced, and all end when this one is told to. */
class Processes {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #alive = new Set<Worker>();
  #stopping = false;
  #listened = false;
  #deathsInARow = 0;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  start(count: number): void {
    cluster.on('listening', () => {
      this.#listened = true;
      this.#deathsInARow = 0;
    });
    cluster.on('exit', (worker, code) => void this.#ended(worker, code));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#stop());
    for (let i = 0; i < count; i += 1) this.#fork();
  }

  #fork(): void {
    this.#alive.add(cluster.fork(this.#environment));
  }

  #stop(): void {
    this.#stopping = true;
    for (const worker of this.#alive) worker.process.kill('SIGTERM');
  }

  async #ended(worker: Worker, code: number): Promise<void> {
    this.#alive.delete(worker);
    // One that never listened will not listen the next time either: its output says why.
    if (!this.#stopping && !this.#listened) process.exit(code === 0 ? 1 : code);
    if (this.#stopping) {
      if (this.#alive.size === 0) process.exit();
      return;
    }
    this.#deathsInARow += 1;
    await delay(Math.min(50 * 2 ** this.#deathsInARow, longestPauseMs));
    if (!this.#stopping) this.#fork();
  }
}
