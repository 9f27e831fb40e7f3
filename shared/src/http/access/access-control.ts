import type { IncomingMessage } from 'node:http';
import { describe } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { HttpError } from '../reply.ts';
import type { Route } from '../route.ts';
import { type Authenticate, anybody, type Caller, requireScope } from './tokens.ts';

export interface AccessRules {
  /** Tells who calls by their token; without it everybody may call, as on a laptop or behind IAM. */
  readonly authenticate: Authenticate | undefined;
  /** Counts a request, and answers how many milliseconds its caller must wait. */
  readonly countRequest: ((principal: string) => Promise<number>) | undefined;
  /** Origins whose pages may call. */
  readonly origins: ReadonlySet<string>;
}

const countPauseMs = 5_000;

/** Authenticates a caller, counts the request against the rate limit, and checks the scope. */
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

  /** The caller of a request, or an error that says why the request goes no further. */
  async check(request: IncomingMessage, { scope }: Route): Promise<Caller> {
    const address = addressOf(request);
    if (scope === 'open') return anybody(address);
    const caller = (await this.#rules.authenticate?.(request.headers)) ?? anybody(address);
    await this.#limit(caller);
    requireScope(caller, scope);
    return caller;
  }

  /** While nothing can be counted everybody may pass: a lost cache must not close the service. */
  async #limit({ principal }: Caller): Promise<void> {
    if (!this.#rules.countRequest || Date.now() < this.#countAgainAt) return;
    const waitMs = await this.#rules.countRequest(principal).catch(error => {
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

/** The last address on the list is the one that Google's front end saw; those before it are the caller's own words. */
function addressOf({ headers, socket }: IncomingMessage): string {
  const forwarded = headers['x-forwarded-for'];
  const last = (Array.isArray(forwarded) ? forwarded.join() : forwarded)?.split(',').at(-1)?.trim();
  return last || socket.remoteAddress || 'unknown';
}
