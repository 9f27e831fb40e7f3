import type { KeyRing } from '../base/key-ring.ts';
import type { FeedbackMessage } from '../contract/messages.ts';

// Whoever may publish to `feedback` can write any reviewer's name. That a token proved the name, only the API knows which
// checked it: it signs such ratings, with their time, so that nobody makes new ones of old ones either.

export class RatingSignatures {
  readonly #keys: KeyRing;

  constructor(keys: KeyRing) {
    this.#keys = keys;
  }

  /** The same ratings with a signature, if they say that their reviewer is verified. */
  async sign(ratings: FeedbackMessage, time: Date): Promise<FeedbackMessage> {
    const { signature: _, ...said } = ratings;
    if (!said.verified) return said;
    const at = time.toISOString();
    const signature = await this.#keys.sign(at, contentOf(said));
    return signature === undefined ? said : { ...said, signature: `${at} ${signature}` };
  }

  /** When the ratings, which came at a time, were signed; nothing if they were not, or not with these words. */
  async timeOf(ratings: FeedbackMessage, came: Date): Promise<Date | undefined> {
    const [at = '', signature = ''] = ratings.signature?.split(' ') ?? [];
    return (await this.#keys.isSigned(at, contentOf(ratings), signature, came)) ? new Date(at) : undefined;
  }
}

/** All that is said, in one order. */
function contentOf({ batch_id, subjects, ratings, labels, reviewer }: FeedbackMessage): string {
  return JSON.stringify([batch_id, subjects, ratings, labels ?? null, reviewer]);
}
