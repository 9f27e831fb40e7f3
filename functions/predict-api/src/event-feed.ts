import { setTimeout as delay } from 'node:timers/promises';
import { describe } from '@banknote-loop/shared/base';
import type { Context } from './context.ts';
import { type EventSource, eventSources, type LoopEvent } from './event-sources.ts';

const pollEveryMs = 1_000;

/**
 * Polls for what has happened once a second, while somebody listens. Every instance polls for itself, at the newest
 * entries of lists that are there anyway: that needs no further topic, and costs the same however many listen.
 */
export class EventFeed {
  readonly #listeners = new Set<(event: LoopEvent) => void>();
  readonly #context: Pick<Context, 'cache' | 'db' | 'log' | 'queues'>;
  #polling = false;

  constructor(context: Pick<Context, 'cache' | 'db' | 'log' | 'queues'>) {
    this.#context = context;
  }

  /** Returns what ends it. */
  listen(listener: (event: LoopEvent) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#polling) void this.#poll();
    return () => this.#listeners.delete(listener);
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    const sources = eventSources(this.#context);
    while (this.#listeners.size > 0) {
      for (const event of (await Promise.all(sources.map(source => this.#read(source)))).flat()) {
        for (const listener of this.#listeners) listener(event);
      }
      await delay(pollEveryMs);
    }
    this.#polling = false;
  }

  /** One source that fails does not silence the others. */
  #read(source: EventSource): Promise<readonly LoopEvent[]> {
    return source().catch(error => {
      this.#context.log.warn({ reason: describe(error) }, 'a source of events could not be read');
      return [];
    });
  }
}
