import { isIP } from 'node:net';

// Who can reach a loop, and whether anybody is asked who they are.

const loopback = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

export interface Openness {
  readonly host: string;
  /** Whether somebody has said that anybody may come in. */
  readonly open: boolean;
}

/** Refuses to let the network in unasked; answers the warning where it is let in all the same. */
export function checkOpenness({ host, open }: Openness, given: NodeJS.ProcessEnv): string | undefined {
  if (loopback.test(host) || given.AUTH_JWKS_URL) return undefined;
  if (open) {
    return `ANYBODY who reaches ${host} may read, rate, decide which model answers and replay messages: nobody is asked to sign in`;
  }
  throw new Error(
    `--host ${host} can be reached from beyond this machine, and nobody would be asked to sign in. Set AUTH_JWKS_URL, ` +
      'AUTH_ISSUER and AUTH_AUDIENCE, or say --open if anybody may do everything.',
  );
}

/** The names by which the loop may be called, beside addresses: a page of another name that leads here is a trick. */
export function ownNames({ host = 'localhost' }: { readonly host?: string }): readonly string[] {
  return isIP(host) === 0 && host !== 'localhost' ? ['localhost', host] : ['localhost'];
}
