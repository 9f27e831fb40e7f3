import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Somebody who signs tokens, as most issuers do (RS256), and publishes the key on this machine. */
export interface Issuer {
  readonly url: string;
  /** A token for whom everything is open, made for an audience. */
  tokenFor(audience: string): string;
  close(): void;
}

const keyId = 'bench';
const lifeSeconds = 24 * 3600;

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = JSON.stringify({
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256' }],
  });
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(keys);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The issuer has no port.');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    tokenFor(audience) {
      const exp = Math.floor(Date.now() / 1000) + lifeSeconds;
      const claims = { iss: url, aud: audience, sub: 'bench', roles: ['administrator'], exp };
      const content = [{ alg: 'RS256', kid: keyId }, claims].map(encode).join('.');
      return `${content}.${sign('RSA-SHA256', Buffer.from(content), privateKey).toString('base64url')}`;
    },
    close: () => server.close(),
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
