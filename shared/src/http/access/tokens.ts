import type { IncomingHttpHeaders } from 'node:http';
import type { JWTPayload } from 'jose';
import { isSubject } from '../../contract/notes.ts';
import { roles, type Scope, scopes } from '../../contract/roles.ts';
import { HttpError } from '../reply.ts';

export interface TokenRules {
  /** Where the issuer publishes its keys. */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** What principals may do whose tokens cannot say so themselves: Google's tokens for services have no scopes. */
  readonly grants: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Who a caller is. */
export interface Identity {
  readonly principal: string;
  /** Whether a token proves it: else it is the address, and anybody may do everything. */
  readonly verified: boolean;
  readonly scopes: ReadonlySet<string>;
  readonly roles?: readonly string[];
  /** When the token is no longer worth anything. */
  readonly expires?: Date;
}

export interface Caller extends Identity {
  /** Where the request came from, as far as trusted proxies tell. */
  readonly address: string;
}

/** Asymmetric only: a token signed with a shared secret, or not at all, proves nothing. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];

/** Clocks differ a little. */
const clockToleranceSeconds = 5;

export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Identity>;
/** Tells whose a token is, or throws what the answer is to be. */
export type VerifyToken = (token: string) => Promise<Identity>;

/** Makes what tells who a caller is by a bearer token, or else by the page's session, where there is one. */
export function createAuthenticator(
  verify: VerifyToken,
  readSession: Authenticate | undefined,
): Authenticate {
  return async headers => {
    const [, token] = /^bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (token) return verify(token);
    if (readSession && headers.authorization === undefined) return readSession(headers);
    throw refusal('Send a token, with the header "authorization: Bearer …".');
  };
}

/** Makes what checks tokens. The keys are fetched once, and again for a key not seen yet. */
export async function createVerifier(rules: TokenRules): Promise<VerifyToken> {
  const { createRemoteJWKSet, errors, jwtVerify } = await import('../../clients/jose.ts');
  const keys = createRemoteJWKSet(new URL(rules.jwksUrl), {
    timeoutDuration: 3_000,
    // An unknown key is asked for at most so often, so that forged tokens cannot make this hammer the issuer.
    cooldownDuration: 1_000,
  });

  return async token => {
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
export function requireScope(
  { scopes: held }: Identity,
  needed: Scope | 'open' | 'anyone' | undefined,
): void {
  if (!needed || needed === 'open' || needed === 'anyone' || held.has(needed)) return;
  throw new HttpError(403, `The token does not allow this: it needs the scope ${needed}.`, {
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${needed}"` },
  });
}

/** Where no tokens are asked for, everyone may do everything, and is known by the address. */
export function anybody(address: string): Caller {
  return { principal: address, address, verified: false, scopes: new Set(scopes) };
}

/** Where tokens are asked for, and somebody has none. */
export function nobody(address: string): Caller {
  return { ...anybody(address), scopes: new Set() };
}

function callerOf(payload: JWTPayload, grants: TokenRules['grants']): Identity {
  const { scope, sub = '', exp } = payload;
  const email = verifiedEmail(payload);
  const principal = email ?? ownName(sub);
  // Its name becomes that of a reviewer.
  if (!isSubject(principal)) throw refusal('The token names its subject in a way that cannot be kept.');
  const said = [...wordsOf(scope), ...wordsOf(payload.roles)];
  const granted = [...(grants.get(grantKey('sub', sub)) ?? []), ...grantsOf(grants, email)];
  const words = [...new Set([...said, ...granted])];
  return {
    principal,
    verified: true,
    scopes: new Set(words.flatMap(scopesOf)),
    roles: words.filter(word => Object.hasOwn(roles, word)),
    ...(exp !== undefined && { expires: new Date(exp * 1000) }),
  };
}

/** A word is a role, or a scope itself. */
function scopesOf(word: string): readonly string[] {
  return Object.hasOwn(roles, word) ? (roles[word] ?? []) : [word];
}

/** An address that the issuer has not made sure of is anybody's word. */
function verifiedEmail({ email, email_verified }: JWTPayload): string | undefined {
  return typeof email === 'string' && email.includes('@') && email_verified === true
    ? email.toLowerCase()
    : undefined;
}

/** A subject must not be taken for somebody's address: the issuer may let people choose it. */
function ownName(sub: string): string {
  return /@|^sub:/.test(sub) ? `sub:${sub}` : sub;
}

function grantsOf(grants: TokenRules['grants'], email: string | undefined): Iterable<string> {
  return email === undefined ? [] : (grants.get(grantKey('email', email)) ?? []);
}

/** What is granted to an address is not granted to a subject of that name, nor the other way round. */
function grantKey(kind: 'sub' | 'email', name: string): string {
  return `${kind}:${name}`;
}

function wordsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter(word => typeof word === 'string') : [];
}

export function refusal(message: string): HttpError {
  return new HttpError(401, message, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
}
