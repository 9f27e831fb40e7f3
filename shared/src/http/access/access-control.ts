import type { IncomingMessage } from 'node:http';
import { describe } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { countedAs } from '../../redis/rate-limit.ts';
import { HttpError } from '../reply.ts';
import type { Route } from '../route.ts';
import { type Authenticate, anybody, type Caller, nobody } from './tokens.ts';

export interface AccessRules {
  /** Tells who calls by their token; without it everybody may call, as on a laptop or behind IAM. */
  readonly authenticate: Authenticate | undefined;
  /** Counts a request, and answers how many milliseconds its caller must wait. */
  readonly countRequest: ((principal: string) => Promise<number>) | undefined;
  /** Origins whose pages may call. */
  readonly origins: ReadonlySet<string>;
  readonly trustedProxies: number;
}

/** The platform asks this by itself, and asks nobody else. */
const probes: ReadonlySet<string> = new Set(['/healthz']);

const countPauseMs = 5_000;

/** Authenticates a caller, and counts the request against the rate limit. */
export class AccessControl {
  readonly #rules: AccessRules;
  readonly #log: Logger;
  #countAgainAt = 0;

  constructor(rules: AccessRules, log: Logger) {
    this.#rules = rules;
    this.#log = log;
  }

  get origins(): ReadonlySet<string> {
    return this.#rules.origins;
  }

  /**
   * The caller of a request, or an error that says why the request goes no further. Whoever proves who they are is counted
   * by name, and everybody else by address: those, too, whose tokens are refused, or who ask for what is not there.
   */
  async check(request: IncomingMessage, route: Route | undefined): Promise<Caller> {
    const address = this.addressOf(request);
    const { authenticate } = this.#rules;
    if (route === undefined || route.scope === 'open' || !authenticate) {
      if (!route || !probes.has(route.path)) await this.#limit(countedAs.address(address));
      return route?.scope === 'open' ? nobody(address) : anybody(address);
    }
    const identity = await authenticate(request.headers).catch(async error => {
      await this.#limit(countedAs.address(address));
      if (route.scope === 'anyone' && error instanceof HttpError) return nobody(address);
      throw error;
    });
    if (!identity.verified) return nobody(address);
    const caller = { ...identity, address };
    await this.#limit(countedAs.name(caller.principal));
    return caller;
  }

  addressOf(request: IncomingMessage): string {
    return addressOf(request, this.#rules.trustedProxies);
  }

  /** While nothing can be counted everybody may pass: a lost cache must not close the service. */
  async #limit(who: string): Promise<void> {
    if (!this.#rules.countRequest || Date.now() < this.#countAgainAt) return;
    const waitMs = await this.#rules.countRequest(who).catch(error => {
      this.#countAgainAt = Date.now() + countPauseMs;
      this.#log.warn({ reason: describe(error) }, 'requests are not being counted');
      return 0;
    });
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new HttpError(429, `Too many requests: try again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
    });
  }
}

/** Each proxy appends the address that it saw; what stands before those of our own is the caller's own words. */
function addressOf({ headers, socket }: IncomingMessage, trustedProxies: number): string {
  const own = socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return own;
  const forwarded = headers['x-forwarded-for'];
  const list = (Array.isArray(forwarded) ? forwarded.join() : (forwarded ?? '')).split(',');
  const last = list.at(-trustedProxies)?.trim() ?? list[0]?.trim();
  return last || own;
}
