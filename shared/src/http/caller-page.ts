import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { HttpError } from './reply.ts';

// A browser sends requests for any page that somebody looks at, also to this service, from inside of a network that the
// page's author cannot reach. What the browser says of such a request tells it from our own page's.

/**
 * Refuses a request under a name that is not ours: whoever owns a name may let it lead here, and then reads as our own
 * page does. An address cannot be made to lead elsewhere.
 */
export function requireOwnHost({ host = '' }: IncomingHttpHeaders, names: ReadonlySet<string>): void {
  if (names.size === 0) return;
  // As a browser writes it, and nothing that one program might read so and another otherwise.
  const [, address, name = ''] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  if (isIP(address ?? name) !== 0 || names.has(name.toLowerCase())) return;
  const said = JSON.stringify(host.slice(0, 100));
  throw new HttpError(421, `This service is not called ${said}: see ALLOWED_HOSTS.`);
}

/** Whether a browser sends the request for a page of another origin. Programs say nothing of the kind. */
export function comesFromOtherPage(headers: IncomingHttpHeaders): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers;
  // Somebody who types an address, say, comes from no page, and then there is no origin, either.
  if (site !== undefined && site !== 'none') return site !== 'same-origin';
  return origin !== undefined && URL.parse(origin)?.host !== host;
}

/** Refuses what a page of another origin asks for, unless its origin may ask, or anybody may have it. */
export function requireOwnPage(
  headers: IncomingHttpHeaders,
  origins: ReadonlySet<string>,
  { method, scope }: { readonly method: string; readonly scope?: string | undefined },
): void {
  if (!comesFromOtherPage(headers)) return;
  const { origin } = headers;
  if (origin !== undefined && (origins.has('*') || origins.has(origin))) return;
  if (method === 'GET' && scope === 'open') return;
  throw new HttpError(403, 'Pages of other origins may not ask for this: see CORS_ORIGINS.');
}

/** Where a request comes from, for the log: of an address only its origin, since the rest may be private. */
export function askedFrom(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const { host = '', origin, referer, 'sec-fetch-site': site } = headers;
  const from = URL.parse(referer ?? origin ?? '');
  const isOfPage = from !== null || (site !== undefined && site !== 'none');
  const isOurs = from === null ? site === 'same-origin' : from.host === host;
  return {
    host: host.slice(0, longestName),
    ...(from && { referer: from.origin.slice(0, longestName) }),
    asked_from: !isOfPage ? 'program' : isOurs ? 'page' : 'site',
  };
}

/** The longest that DNS has. */
const longestName = 255;
