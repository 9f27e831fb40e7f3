import { describe } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { AuditEntry } from '../postgres/audit.ts';

/** Where records are kept. */
export interface AuditSink {
  record(...entries: readonly AuditEntry[]): Promise<void>;
}

const writeAfterMs = 1_000;
/** So many different ones wait at most: whoever makes up names without end shares one entry. */
const mostWaiting = 500;
/** Who looks at the same again within this time is not written down again. */
const readAgainMs = 3_600_000;
const mostReads = 10_000;

type Seen = Pick<AuditEntry, 'who' | 'address' | 'target'> & { readonly action: 'read' | 'refusal' };

/**
 * Gathers what is worth a record but must cost its request nothing: reads of what is others', and refusals. They are
 * written once a second, the same ones as one with their number.
 */
export class AuditBuffer {
  readonly #write: () => Promise<AuditSink | undefined>;
  readonly #log: Logger;
  /** Sees that the process does not end before they are written. */
  readonly #track: (work: () => Promise<void>) => Promise<void>;
  readonly #reads = new Map<string, number>();
  #waiting = new Map<string, { readonly entry: Seen; times: number }>();

  constructor(
    write: () => Promise<AuditSink | undefined>,
    log: Logger,
    track: (work: () => Promise<void>) => Promise<void>,
  ) {
    this.#write = write;
    this.#log = log;
    this.#track = track;
  }

  take(entry: Seen): void {
    const key = JSON.stringify([entry.action, entry.who, entry.address, entry.target]);
    if (entry.action === 'read' && this.#wasRead(key)) return;
    if (this.#waiting.size === 0) void this.#track(() => this.#writeSoon());
    const known = this.#waiting.get(key);
    if (known) known.times += 1;
    else if (this.#waiting.size < mostWaiting) this.#waiting.set(key, { entry, times: 1 });
    else this.#takeAmongMany(entry.action);
  }

  #takeAmongMany(action: Seen['action']): void {
    const rest = this.#waiting.get(action);
    if (rest) rest.times += 1;
    else this.#waiting.set(action, { entry: { action, who: 'many others' }, times: 1 });
  }

  #wasRead(key: string): boolean {
    const now = Date.now();
    if (now - (this.#reads.get(key) ?? 0) < readAgainMs) return true;
    if (this.#reads.size >= mostReads) this.#reads.clear();
    this.#reads.set(key, now);
    return false;
  }

  async #writeSoon(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, writeAfterMs));
    const entries = [...this.#waiting.values()].map(({ entry, times }) => ({ ...entry, times }));
    this.#waiting = new Map();
    try {
      await (await this.#write())?.record(...entries);
    } catch (error) {
      // The log of requests names caller and status of each, too.
      this.#log.error({ reason: describe(error), entries: entries.length }, 'the audit log was not written');
    }
  }
}
