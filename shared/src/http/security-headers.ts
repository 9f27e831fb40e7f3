import type { IncomingHttpHeaders } from 'node:http';

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
