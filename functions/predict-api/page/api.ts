import type { AnswerTo, SessionAnswer } from '@banknote-loop/shared/contract';
import type { ApiDocument } from './docs/openapi.ts';
import type { FunctionNode } from './loop/layout.ts';

/** An answer with an error status, or none at all, and what the service says of it. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Problem {
  readonly message?: string;
  readonly field?: string;
}

/** Of who uses the page: `changed` where it is somebody else from now on, `ended` where nobody is signed in any more. */
export const sessionChanges = new EventTarget();

/** A token that somebody has from elsewhere. It is kept nowhere, and gone with the page. */
let token: string | undefined;

export function takeToken(given: string | undefined): void {
  token = given;
  sessionChanges.dispatchEvent(new Event('changed'));
}

/** Sends a request. Where the session has run out of time it is renewed, and the request, which has done nothing, is sent again. */
export async function send(path: string, options: RequestInit = {}): Promise<Response> {
  const ask = (): Promise<Response> =>
    fetch(path, {
      ...options,
      headers: { ...options.headers, ...(token && { authorization: `Bearer ${token}` }) },
    });
  const answer = await ask();
  if (answer.status !== 401) return answer;
  if (await renewOnce()) return ask();
  sessionChanges.dispatchEvent(new Event('ended'));
  return answer;
}

let renewal: Promise<boolean> | undefined;

/** Whether somebody is signed in now: to ask that renews a session. */
async function goOn(): Promise<boolean> {
  if (token !== undefined) return false;
  const session: SessionAnswer = await (await fetch('/session')).json();
  return session.principal !== null;
}

/** Requests that fail at the same time wait for one renewal. */
function renewOnce(): Promise<boolean> {
  renewal ??= goOn().finally(() => {
    renewal = undefined;
  });
  return renewal;
}

export async function call<Body>(method: string, path: string, body?: unknown, headers = {}): Promise<Body> {
  const answer = await send(path, {
    method,
    headers: {
      // However readers of before have it.
      prefer: 'times=zoned',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(0, 'The service cannot be reached. Is it running?');
  });
  if (!answer.ok) throw await errorOf(answer);
  return answer.json();
}

/** What the build puts beside the page. */
interface Files {
  readonly '/topology': { readonly functions: readonly FunctionNode[] };
  readonly '/openapi.json': ApiDocument;
}

/** What the service answers to GET on an address. */
export type Answer<Address extends string> = Address extends keyof Files ? Files[Address] : AnswerTo<Address>;

export function get<Address extends string>(address: Address): Promise<Answer<Address>> {
  return call('GET', address);
}

export async function errorOf(answer: Response): Promise<ApiError> {
  const problem: Problem = await answer.json().catch(() => ({}));
  const where = problem.field ? `${problem.field}: ` : '';
  return new ApiError(
    answer.status,
    `${where}${problem.message ?? `The service answered ${answer.status}.`}`,
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
