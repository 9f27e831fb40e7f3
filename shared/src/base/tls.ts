import type { ConnectionOptions } from 'node:tls';

// How connections to the stores are secured, in the words of PostgreSQL's own programs. `require` keeps who listens from
// reading along, `verify-ca` also keeps others from posing as the server, and `verify-full` does so where an authority
// gives certificates to more than the one server.

export const tlsModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type TlsMode = (typeof tlsModes)[number];

/** What Node.js is told; nothing where the connection is open. Without authorities, those count that Node.js knows. */
export function tlsOptions(mode: TlsMode, host: string, ca?: string): ConnectionOptions | undefined {
  if (mode === 'disable') return undefined;
  if (mode === 'require') return { rejectUnauthorized: false };
  const trusted = ca === undefined ? {} : { ca };
  // An address is checked, too; a driver that has connected by itself does not say which it was.
  if (mode === 'verify-full') return { ...trusted, host };
  return { ...trusted, checkServerIdentity: () => undefined };
}
