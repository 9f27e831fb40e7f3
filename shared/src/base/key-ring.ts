import { TransientError } from './errors.ts';
import { SigningKeys } from './signing-keys.ts';

/** Forged signatures must not have the keys read each time. */
const pauseMs = 10_000;
/** Clocks differ a little. */
const toleranceMs = 5_000;

/** Keys that are read when they are needed first, and again for the signature of one that may have come in since then. */
export class KeyRing {
  readonly #read: (() => Promise<string>) | undefined;
  #keys: SigningKeys | undefined;
  #readAt = 0;

  /** Without keys nothing is signed, and nothing counts as signed. */
  constructor(read: (() => Promise<string>) | undefined) {
    this.#read = read;
  }

  get isEmpty(): boolean {
    return this.#read === undefined;
  }

  async sign(name: string, content: string | Buffer): Promise<string | undefined> {
    const keys = this.#keys ?? (await this.#renew());
    return keys?.sign(name, content);
  }

  /** `since`: when the signature was there already. */
  async isSigned(name: string, content: string | Buffer, signature: string, since: Date): Promise<boolean> {
    if (this.isEmpty || signature === '') return false;
    const keys = this.#keys ?? (await this.#renew());
    if (keys?.knowsKeyOf(signature)) return keys.isSigned(name, content, signature);
    // Its key was there before it was. If these were read later than that, it is none of ours.
    if (this.#readAt > since.getTime() + toleranceMs) return false;
    if (Date.now() < this.#readAt + pauseMs) {
      throw new TransientError('It is signed with a key that is not known here, or not yet.');
    }
    return (await this.#renew())?.isSigned(name, content, signature) ?? false;
  }

  async #renew(): Promise<SigningKeys | undefined> {
    if (!this.#read) return undefined;
    const readAt = Date.now();
    this.#keys = new SigningKeys((await this.#read()).trim());
    this.#readAt = readAt;
    return this.#keys;
  }
}
