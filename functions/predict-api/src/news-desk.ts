import { setTimeout as delay } from 'node:timers/promises';
import { describe } from '@banknote-loop/shared/base';
import type { Given } from './given.ts';
import { type News, newsSources, type Source } from './news.ts';

const lookEveryMs = 1_000;

/**
 * Looks for news once a second, while somebody listens. Every instance looks for itself, at the newest entries of
 * lists that are there anyway: that needs no further topic, and costs the same however many listen.
 */
export class NewsDesk {
  readonly #listeners = new Set<(news: News) => void>();
  readonly #given: Pick<Given, 'cache' | 'db' | 'log' | 'queues'>;
  #looking = false;

  constructor(given: Pick<Given, 'cache' | 'db' | 'log' | 'queues'>) {
    this.#given = given;
  }

  listen(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#looking) void this.#look();
    return () => this.#listeners.delete(listener);
  }

  async #look(): Promise<void> {
    this.#looking = true;
    const sources = newsSources(this.#given);
    while (this.#listeners.size > 0) {
      for (const news of (await Promise.all(sources.map(source => this.#ask(source)))).flat()) {
        for (const listener of this.#listeners) listener(news);
      }
      await delay(lookEveryMs);
    }
    this.#looking = false;
  }

  /** One source that fails leaves the others their say. */
  #ask(source: Source): Promise<readonly News[]> {
    return source().catch(error => {
      this.#given.log.warn({ reason: describe(error) }, 'a source of news is away');
      return [];
    });
  }
}
