import { createHmac, timingSafeEqual } from 'node:crypto';

// What is signed cannot be made by whoever may only write to the place where it lies. Several keys may be there at once. The
// first signs, and all are believed, so that another key comes in before the old one goes.

/** `NAME:64 hexadecimal digits`, more of them after commas. */
export const signingKeysForm = /^[\w-]{1,40}:[0-9a-f]{64}(,[\w-]{1,40}:[0-9a-f]{64})*$/;

export class SigningKeys {
  readonly #keys: ReadonlyMap<string, string>;

  constructor(text: string) {
    if (!signingKeysForm.test(text)) {
      throw new Error('The keys to sign with are malformed: name:64 hexadecimal digits, more after commas.');
    }
    const pairs = text.split(',').map(pair => pair.split(':'));
    this.#keys = new Map(pairs.map(([name = '', key = '']) => [name, key]));
  }

  /** The signature of a content under a name: of the name, too, so that none passes for another. */
  sign(name: string, content: string | Buffer): string {
    const [first] = this.#keys;
    if (!first) throw new Error('There is no key to sign with.');
    const [keyName, key] = first;
    return `${keyName}:${hashOf(key, name, content)}`;
  }

  /** Whether a signature says that it is by one of these keys, whatever it is worth. */
  knowsKeyOf(signature: string): boolean {
    return this.#keys.has(signature.split(':')[0] ?? '');
  }

  isSigned(name: string, content: string | Buffer, signature: string): boolean {
    const [keyName = '', said = ''] = signature.split(':');
    const key = this.#keys.get(keyName);
    if (key === undefined || !/^[0-9a-f]{64}$/.test(said)) return false;
    return timingSafeEqual(Buffer.from(said, 'hex'), Buffer.from(hashOf(key, name, content), 'hex'));
  }
}

function hashOf(key: string, name: string, content: string | Buffer): string {
  const hmac = createHmac('sha256', Buffer.from(key, 'hex'));
  return hmac.update(`${name}\u0000`).update(content).digest('hex');
}
