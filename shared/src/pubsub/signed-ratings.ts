import { SigningKeys } from '../base/signing-keys.ts';
import type { FeedbackMessage } from '../contract/messages.ts';

// Whoever may publish to `feedback` can write any reviewer's name. That a token proved the name, only the API knows which
// checked it: it signs such ratings, with their time, so that nobody makes new ones of old ones either.

export class RatingSignatures {
  readonly #readKeys: (() => Promise<string>) | undefined;
  #keys: SigningKeys | undefined;
  #renewAgainAt = 0;

  /** Without keys nothing is signed, and nothing counts as signed. */
  constructor(readKeys: (() => Promise<string>) | undefined) {
    this.#readKeys = readKeys;
  }

  /** The same ratings with a signature, if they say that their reviewer is verified. */
  async sign(ratings: FeedbackMessage, time: Date): Promise<FeedbackMessage> {
    const { signature: _, ...said } = ratings;
    const keys = said.verified ? (this.#keys ?? (await this.#renewKeys())) : undefined;
    if (!keys) return said;
    const at = time.toISOString();
    return { ...said, signature: `${at} ${keys.sign(at, contentOf(said))}` };
  }

  /** When the ratings were signed; nothing if they were not, or not with these words. */
  async timeOf(ratings: FeedbackMessage): Promise<Date | undefined> {
    const [at = '', signature = ''] = ratings.signature?.split(' ') ?? [];
    if (!this.#readKeys || signature === '') return undefined;
    const content = contentOf(ratings);
    if (this.#keys?.isSigned(at, content, signature)) return new Date(at);
    // Another process may sign with a key that came in since ours were read. Forged ones must not have them read each time.
    if (this.#keys && Date.now() < this.#renewAgainAt) return undefined;
    return (await this.#renewKeys())?.isSigned(at, content, signature) ? new Date(at) : undefined;
  }

  async #renewKeys(): Promise<SigningKeys | undefined> {
    this.#renewAgainAt = Date.now() + renewPauseMs;
    if (this.#readKeys) this.#keys = new SigningKeys((await this.#readKeys()).trim());
    return this.#keys;
  }
}

const renewPauseMs = 60_000;

/** All that is said, in one order. */
function contentOf({ batch_id, subjects, ratings, labels, reviewer }: FeedbackMessage): string {
  return JSON.stringify([batch_id, subjects, ratings, labels ?? null, reviewer]);
}
