import type { AnswerTo } from '@banknote-loop/shared/contract';
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

const tokenKey = 'banknote-loop-token';

/** Kept for as long as this window is open, and never longer. */
export function saveToken(token: string): void {
  sessionStorage.setItem(tokenKey, token);
}

export function authorization(): Record<string, string> {
  const token = sessionStorage.getItem(tokenKey);
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** Fires when the service asks for a token that we do not have. */
export const tokenNeeded = new EventTarget();

export async function call<Body>(method: string, path: string, body?: unknown, headers = {}): Promise<Body> {
  const answer = await fetch(path, {
    method,
    headers: {
      // However readers of before have it.
      prefer: 'times=zoned',
      ...authorization(),
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

async function errorOf(answer: Response): Promise<ApiError> {
  if (answer.status === 401) tokenNeeded.dispatchEvent(new Event('needed'));
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
