import type { Identity, VerifyToken } from './tokens.ts';

/** No longer than this; the issuer's keys, by which a token is good, are themselves looked up less often. */
const rememberMs = 60_000;
const mostRemembered = 1_000;

interface Remembered {
  readonly identity: Identity;
  readonly until: number;
}

/**
 * To check a signature costs more than all else at the door: who shows the same token again within a minute, and before its
 * time is over, is known by it. A token that was refused is looked at anew each time.
 */
export function rememberTokens(verify: VerifyToken): VerifyToken {
  const remembered = new Map<string, Remembered>();
  return async token => {
    const known = remembered.get(token);
    if (known && Date.now() < known.until) return known.identity;
    remembered.delete(token);
    const identity = await verify(token);
    const until = Math.min(Date.now() + rememberMs, identity.expires?.getTime() ?? 0);
    const [oldest] = remembered.keys();
    if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
    remembered.set(token, { identity, until });
    return identity;
  };
}
