// Checks tokens: needed only where callers are known by tokens (`AUTH_JWKS_URL`).
export { createRemoteJWKSet, errors, jwtVerify } from 'jose';
