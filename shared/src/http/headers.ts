import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Reply } from './reply.ts';

/** The headers that let pages of other origins read an answer; none for an origin that is not on the list. */
export function corsHeaders(
  { headers }: IncomingMessage,
  allowed: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const { origin } = headers;
  if (allowed.size === 0) return {};
  if (!origin || !(allowed.has(origin) || allowed.has('*'))) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'location, retry-after',
    'cross-origin-resource-policy': 'cross-origin',
  };
}

/** The answer to a browser that asks before it sends; without the headers above it takes this for a no. */
export function preflightReply(methods: readonly string[]): Reply {
  return {
    status: 204,
    headers: {
      allow: methods.join(', '),
      'access-control-allow-methods': methods.join(', '),
      'access-control-allow-headers': 'authorization, content-type, idempotency-key, prefer, traceparent',
      'access-control-max-age': '600',
    },
    content: '',
  };
}

/** The page loads nothing from elsewhere and runs nothing that stands in its markup. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const always = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

export function securityHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  // Only where the caller came by HTTPS: on a laptop it would lock the browser out of 127.0.0.1.
  if (headers['x-forwarded-proto'] !== 'https') return always;
  return { ...always, 'strict-transport-security': 'max-age=31536000; includeSubDomains' };
}
