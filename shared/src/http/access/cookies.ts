import type { IncomingHttpHeaders } from 'node:http';
import { comesFromOtherPage } from '../caller-page.ts';

// The two cookies of the page: one for as long as somebody is signed in, and one while they are at the provider.

export type CookieName = 'session' | 'sign-in';

export interface Cookies {
  read(name: CookieName, headers: IncomingHttpHeaders): string | undefined;
  /** The value of a `set-cookie` header; an empty cookie is one to be forgotten. */
  write(name: CookieName, value: string): string;
}

/** So long may somebody be at the provider. */
const signInSeconds = 600;

/**
 * Cookies that no script reads, and no other name's server can set: `__Host-` sees to that where the page is on HTTPS. On
 * this machine, where all ports share their cookies, the port is in their names.
 */
export function cookiesOf(pageUrl: string): Cookies {
  const { protocol, port } = new URL(pageUrl);
  const isSecure = protocol === 'https:';
  const fullName = (name: CookieName): string => (isSecure ? `__Host-${name}` : `${name}-${port || 80}`);
  return {
    read: (name, { cookie = '' }) => {
      const start = `${fullName(name)}=`;
      const found = cookie.split(/; */).find(one => one.startsWith(start));
      return found?.slice(start.length) || undefined;
    },
    write: (name, value) =>
      [
        `${fullName(name)}=${value}`,
        'Path=/',
        'HttpOnly',
        ...(isSecure ? ['Secure'] : []),
        // From the provider people come back by a link of another site: there, a strict cookie would not come along.
        `SameSite=${name === 'session' ? 'Strict' : 'Lax'}`,
        ...(value === '' ? ['Max-Age=0'] : name === 'sign-in' ? [`Max-Age=${signInSeconds}`] : []),
      ].join('; '),
  };
}

/** The session of a request of our own page. Other pages' requests have none, even where they may call. */
export function sessionKeyIn(headers: IncomingHttpHeaders, cookies: Cookies): string | undefined {
  return comesFromOtherPage(headers) ? undefined : cookies.read('session', headers);
}
