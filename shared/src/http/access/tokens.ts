import type { IncomingHttpHeaders } from 'node:http';
import type { JWTPayload } from 'jose';
import { HttpError } from '../reply.ts';

/** What a token can allow beyond reading: sending notes, rating predictions, and deciding which model answers. */
export const scopes = ['notes:submit', 'notes:rate', 'models:manage'] as const;
export type Scope = (typeof scopes)[number];

export interface TokenRules {
  /** Where the issuer publishes its keys. */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** What principals may do whose tokens cannot say so themselves: Google's tokens for services have no scopes. */
  readonly grants: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Caller {
  readonly principal: string;
  readonly scopes: ReadonlySet<string>;
}

/** Asymmetric only: a token signed with a shared secret, or not at all, proves nothing. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];

/** Clocks differ a little. */
const clockToleranceSeconds = 5;

export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Caller>;

/** Makes what tells who a caller is by a bearer token. The keys are fetched once, and again for a key not seen yet. */
export async function createAuthenticator(rules: TokenRules): Promise<Authenticate> {
  const { createRemoteJWKSet, errors, jwtVerify } = await import('../../clients/jose.ts');
  const keys = createRemoteJWKSet(new URL(rules.jwksUrl), {
    timeoutDuration: 3_000,
    // An unknown key is asked for at most so often, so that forged tokens cannot make this hammer the issuer.
    cooldownDuration: 1_000,
  });

  return async ({ authorization }) => {
    const [, token] = /^bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
    if (!token) throw refusal('Send a token, with the header "authorization: Bearer …".');
    try {
      const { issuer, audience } = rules;
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      });
      return callerOf(payload, rules.grants);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refusal('The token has expired: get a new one.');
      if (error instanceof errors.JWTClaimValidationFailed) {
        throw refusal(`The token was not made for this service: see its claim "${error.claim}".`);
      }
      // The issuer cannot be reached: nothing is known of the token, so it is not the caller's fault.
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) throw error;
      throw refusal('The token is not valid.');
    }
  };
}

/** Throws unless the caller's token allows what the route asks for. */
export function requireScope({ scopes: held }: Caller, needed: Scope | undefined): void {
  if (!needed || held.has(needed)) return;
  throw new HttpError(403, `The token does not allow this: it needs the scope ${needed}.`, {
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${needed}"` },
  });
}

/** Where no tokens are asked for, everyone may do everything, and is known by the address. */
export function anybody(address: string): Caller {
  return { principal: address, scopes: new Set(scopes) };
}

function callerOf(payload: JWTPayload, grants: TokenRules['grants']): Caller {
  const { scope, email, sub = '' } = payload;
  const principal = typeof email === 'string' ? email : sub;
  const own = typeof scope === 'string' ? scope.split(' ') : [];
  return { principal, scopes: new Set([...own, ...(grants.get(principal) ?? [])]) };
}

function refusal(message: string): HttpError {
  return new HttpError(401, message, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
}
