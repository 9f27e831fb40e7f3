import { describe } from '../../base/errors.ts';
import type { ClientAuth, Configuration } from '../../clients/openid.ts';
import { HttpError } from '../reply.ts';

export interface ProviderRules {
  readonly issuer: string;
  readonly clientId: string;
  /** What tokens that are sent to our doors are made for. */
  readonly audience: string;
  readonly clientSecret: () => Promise<string | undefined>;
  /** Where the page is; the provider sends people back there. */
  readonly pageUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What proves, when somebody comes back from the provider, that it was this browser that had gone there. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Tokens {
  readonly idToken: string;
  readonly refreshToken: string | undefined;
}

const timeoutSeconds = 5;
export const returnPath = '/session/return';
export const leavePath = '/session/leave';

/** An OpenID Connect provider: the authorization code flow with PKCE, and what comes after it. */
export class Provider {
  readonly #rules: ProviderRules;
  #discovered: Promise<Configuration> | undefined;

  constructor(rules: ProviderRules) {
    this.#rules = rules;
  }

  /** Where to send somebody who wants to sign in. */
  async begin(): Promise<{ readonly address: string; readonly attempt: Attempt }> {
    const openid = await import('../../clients/openid.ts');
    const config = await this.#configuration();
    const attempt = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      verifier: openid.randomPKCECodeVerifier(),
    };
    const keepsLong = config.serverMetadata().scopes_supported?.includes('offline_access');
    const address = openid.buildAuthorizationUrl(config, {
      scope: keepsLong ? 'openid email profile offline_access' : 'openid email profile',
      // Without asking for consent, a provider may not give what a session goes on with.
      ...(keepsLong && { prompt: 'consent' }),
      ...this.#rules.parameters,
      redirect_uri: this.#address(returnPath),
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { address: address.href, attempt };
  }

  /** Exchanges the code that somebody has come back with. */
  complete(query: Readonly<Record<string, string>>, { state, nonce, verifier }: Attempt): Promise<Tokens> {
    const url = new URL(this.#address(returnPath));
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return this.#grant('The sign-in did not succeed', (openid, config) =>
      openid.authorizationCodeGrant(config, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      }),
    );
  }

  async refresh(refreshToken: string): Promise<Tokens> {
    const tokens = await this.#grant('The provider does not let the session go on', (openid, config) =>
      openid.refreshTokenGrant(config, refreshToken),
    );
    return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
  }

  /** Takes a refresh token back; answers whether one can go to the provider to be signed out there, too. */
  async end(refreshToken: string | undefined): Promise<boolean> {
    const openid = await import('../../clients/openid.ts');
    const config = await this.#configuration();
    const { revocation_endpoint, end_session_endpoint } = config.serverMetadata();
    if (refreshToken && revocation_endpoint)
      await openid.tokenRevocation(config, refreshToken).catch(() => {});
    return end_session_endpoint !== undefined;
  }

  /**
   * Where to go for that. With the ID token as a hint the provider need not ask who leaves, or whether they want to; some do
   * not let people go without. It stands in an address then: a token that our own doors would take does not.
   */
  async leave(idToken: string): Promise<string> {
    const openid = await import('../../clients/openid.ts');
    return openid.buildEndSessionUrl(await this.#configuration(), {
      post_logout_redirect_uri: this.#address('/'),
      ...(this.#rules.audience !== this.#rules.clientId && { id_token_hint: idToken }),
    }).href;
  }

  #address(path: string): string {
    return new URL(path, this.#rules.pageUrl).href;
  }

  async #grant(what: string, ask: Grant): Promise<Tokens> {
    const openid = await import('../../clients/openid.ts');
    const config = await this.#configuration();
    try {
      const { id_token: idToken, refresh_token: refreshToken } = await ask(openid, config);
      if (!idToken) throw new HttpError(401, `${what}: the provider gave no ID token.`);
      return { idToken, refreshToken };
    } catch (error) {
      const { AuthorizationResponseError, ResponseBodyError, ClientError } = openid;
      const said = error instanceof AuthorizationResponseError || error instanceof ResponseBodyError;
      if (said) throw new HttpError(401, `${what}: the provider says ${error.error}.`);
      if (error instanceof ClientError && !isUnreachable(error)) {
        throw new HttpError(401, `${what}: ${describe(error)}.`);
      }
      throw error;
    }
  }

  /** What the provider says of itself is asked for once; a failure is forgotten. */
  #configuration(): Promise<Configuration> {
    this.#discovered ??= this.#discover().catch(error => {
      this.#discovered = undefined;
      throw error;
    });
    return this.#discovered;
  }

  async #discover(): Promise<Configuration> {
    const openid = await import('../../clients/openid.ts');
    const { issuer, clientId, clientSecret } = this.#rules;
    const secret = await clientSecret();
    const isLocal = new URL(issuer).protocol === 'http:';
    return openid.discovery(
      new URL(issuer),
      clientId,
      {},
      secret ? proveWith(secret, openid) : openid.None(),
      { timeout: timeoutSeconds, execute: isLocal ? [openid.allowInsecureRequests] : [] },
    );
  }
}

/** As the provider has it; where it takes both, or does not say, as the standard has it. */
function proveWith(secret: string, { ClientSecretBasic, ClientSecretPost }: OpenId): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (provider, ...request) => {
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = provider;
    return (methods.includes('client_secret_basic') ? basic : post)(provider, ...request);
  };
}

type OpenId = typeof import('../../clients/openid.ts');
type Grant = (
  openid: OpenId,
  config: Configuration,
) => Promise<{ readonly id_token?: string | undefined; readonly refresh_token?: string | undefined }>;

const unreachable = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM']);

/** That the provider does not answer says nothing of whoever signs in. */
function isUnreachable({ code = '' }: { readonly code?: string }): boolean {
  return unreachable.has(code);
}
