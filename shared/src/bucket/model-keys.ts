import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

// Model files are signed: whoever can write to the bucket, and no more, cannot make a model that answers. Several keys may
// be there at once. The first signs, and all are believed, so that another key comes in before the old one goes.

/** `NAME:64 hexadecimal digits`, more of them after commas. */
export const modelKeysForm = /^[\w-]{1,40}:[0-9a-f]{64}(,[\w-]{1,40}:[0-9a-f]{64})*$/;

/** What PostgreSQL keeps of a model file: who can write to the bucket, and has a key even, cannot change it there. */
export function contentHash(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

export class ModelKeys {
  readonly #keys: ReadonlyMap<string, string>;

  constructor(text: string) {
    if (!modelKeysForm.test(text)) {
      throw new Error(
        'The keys that sign models are malformed: name:64 hexadecimal digits, more after commas.',
      );
    }
    const pairs = text.split(',').map(pair => pair.split(':'));
    this.#keys = new Map(pairs.map(([name = '', key = '']) => [name, key]));
  }

  /** The signature of a file: of its name, too, so that none passes for another. */
  sign(fileName: string, content: string): string {
    const [first] = this.#keys;
    if (!first) throw new Error('There is no key to sign models with.');
    const [name, key] = first;
    return `${name}:${hashOf(key, fileName, content)}`;
  }

  isSigned(fileName: string, content: string, signature: string): boolean {
    const [name = '', said = ''] = signature.split(':');
    const key = this.#keys.get(name);
    if (key === undefined || !/^[0-9a-f]{64}$/.test(said)) return false;
    return timingSafeEqual(Buffer.from(said, 'hex'), Buffer.from(hashOf(key, fileName, content), 'hex'));
  }
}

function hashOf(key: string, fileName: string, content: string): string {
  const hmac = createHmac('sha256', Buffer.from(key, 'hex'));
  return hmac.update(`${fileName}\u0000`).update(content).digest('hex');
}
