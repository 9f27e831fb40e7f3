import type { Readable } from 'node:stream';

interface Turn {
  readonly body: Readable;
  readonly finished: Promise<unknown>;
}

/**
 * Lets one request at a time work on an upload. The latest wins: a client that comes back has given up on the
 * request before, whose broken connection we may not have noticed yet.
 */
export class Turns {
  readonly #current = new Map<string, Turn>();

  async take<Result>(id: string, body: Readable, work: () => Promise<Result>): Promise<Result> {
    const before = this.#current.get(id);
    const finished = this.#after(before, work);
    const turn = { body, finished };
    this.#current.set(id, turn);
    try {
      return await finished;
    } finally {
      if (this.#current.get(id) === turn) this.#current.delete(id);
    }
  }

  async #after<Result>(before: Turn | undefined, work: () => Promise<Result>): Promise<Result> {
    before?.body.destroy();
    await before?.finished.catch(() => undefined);
    return work();
  }
}
