import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';

/** What is kept of somebody who has signed in on the page. */
const session = z.object({
  principal: z.string(),
  idToken: z.string(),
  refreshToken: z.string().optional(),
});
export type Session = Readonly<z.infer<typeof session>>;

/** Whoever has signed in does so again after this, however busy: what a stolen cookie is worth ends then. */
const longestSeconds = 12 * 3600;
/** So long may it take from the end of a session here to that at the provider. */
const leavingSeconds = 60;
/** So long is a session believed that was just read: a page asks for much at a time, and each read costs a way to Redis. */
const lateMs = 1_000;
/** With more sessions than these in hand, all are read anew: cookies can be made up. */
const mostLately = 1_000;
const lockMs = 15_000;
const lookAgainMs = 50;

interface Read {
  readonly session: Promise<Session | undefined>;
  readonly until: number;
}

/** What this process has read lately, by whichever connection: whoever ends a session here ends it for all of them. */
const lately = new Map<string, Read>();

/**
 * Who has signed in on the page. Only the browser has the key of a session, which is its cookie: Redis holds a hash of it,
 * and what is encrypted with it, so that whoever reads Redis can neither act as somebody nor take a token away.
 */
export class Sessions {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Answers the key of a new session. */
  async open(content: Session): Promise<string> {
    const key = randomBytes(32).toString('base64url');
    await this.#redis.set(placeOf(key), seal(key, content), 'EX', longestSeconds);
    return key;
  }

  async find(key: string): Promise<Session | undefined> {
    const sealed = await this.#redis.getBuffer(placeOf(key));
    return sealed === null ? undefined : unseal(key, sealed);
  }

  /** The same, or what it was a moment ago: where another process ends a session, it counts here for that moment more. */
  async findLately(key: string): Promise<Session | undefined> {
    const place = placeOf(key);
    const known = lately.get(place);
    if (known && Date.now() < known.until) return known.session;
    if (lately.size >= mostLately) lately.clear();
    const session = this.find(key);
    lately.set(place, { session, until: Date.now() + lateMs });
    // Whoever comes next asks again.
    session.catch(() => lately.delete(place));
    return session;
  }

  /** A session that was ended meanwhile stays ended; one that goes on ends when it would have ended. */
  async change(key: string, content: Session): Promise<void> {
    await this.#redis.set(placeOf(key), seal(key, content), 'KEEPTTL', 'XX');
    lately.delete(placeOf(key));
  }

  async end(key: string): Promise<void> {
    await this.#redis.del(placeOf(key));
    lately.delete(placeOf(key));
  }

  /** Keeps, under the key of a session that has ended, whose it was: it is no session any more, and only the provider is told. */
  async keepToLeave(key: string, content: Session): Promise<void> {
    await this.#redis.set(placeOf(key, 'leaving'), seal(key, content), 'EX', leavingSeconds);
  }

  /** Whose session has just ended, once. */
  async takeToLeave(key: string): Promise<Session | undefined> {
    const sealed = await this.#redis.getdelBuffer(placeOf(key, 'leaving'));
    return sealed === null ? undefined : unseal(key, sealed);
  }

  /** Runs what must not be done twice at a time for one session, such as using a token that counts once. */
  async alone<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lock = `${placeOf(key)}:lock`;
    const deadline = Date.now() + lockMs;
    while ((await this.#redis.set(lock, '1', 'PX', lockMs, 'NX')) === null) {
      if (Date.now() > deadline) throw new Error('Another request has had the session in hand for too long.');
      await delay(lookAgainMs);
    }
    try {
      return await work();
    } finally {
      await this.#redis.del(lock);
    }
  }
}

function placeOf(key: string, state: 'session' | 'leaving' = 'session'): string {
  return `${state}:${hash('place', key).toString('base64url')}`;
}

function seal(key: string, content: Session): Buffer {
  const start = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', hash('content', key), start);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
  return Buffer.concat([start, cipher.getAuthTag(), sealed]);
}

/** What somebody else has put in its place is no session. */
function unseal(key: string, sealed: Buffer): Session | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', hash('content', key), sealed.subarray(0, 12), {
      authTagLength: 16,
    });
    decipher.setAuthTag(sealed.subarray(12, 28));
    const text = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
    return session.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The key has 256 random bits, so that one hash is as good as any derivation. */
function hash(use: 'place' | 'content', key: string): Buffer {
  return createHash('sha256').update(`${use}\u0000${key}`).digest();
}
