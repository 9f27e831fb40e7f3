import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@banknote-loop/shared/postgres';

const pollEveryMs = 40;

interface Limits {
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** Waits for batches to be stored. One query at a time asks for all of them, however many callers wait. */
export class BatchWatch {
  readonly #waiting = new Map<string, Set<() => void>>();
  #polling = false;

  /** Answers whether the batch is stored: false when the time is up or the caller has gone. */
  async untilStored(db: Database, batchId: string, { seconds, signal }: Limits): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const found = (): void => resolve(true);
    const giveUp = (): void => resolve(false);
    const ended = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    ended.addEventListener('abort', giveUp);
    this.#waiting.set(batchId, (this.#waiting.get(batchId) ?? new Set()).add(found));
    if (!this.#polling) void this.#poll(db);
    try {
      return await promise;
    } finally {
      ended.removeEventListener('abort', giveUp);
      this.#forget(batchId, found);
    }
  }

  async #poll(db: Database): Promise<void> {
    this.#polling = true;
    while (this.#waiting.size > 0) {
      // A query that fails is made again; the callers' own time limits end it.
      const stored = await db.batches.storedAmong([...this.#waiting.keys()]).catch(() => []);
      for (const id of stored) for (const found of this.#waiting.get(id) ?? []) found();
      await delay(pollEveryMs);
    }
    this.#polling = false;
  }

  #forget(batchId: string, found: () => void): void {
    const others = this.#waiting.get(batchId);
    others?.delete(found);
    if (others?.size === 0) this.#waiting.delete(batchId);
  }
}
