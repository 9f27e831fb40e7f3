import type { z } from 'zod';
import type { Topic } from '../contract/topics.ts';
import type { Publish } from '../function/definition.ts';
import type { Logger } from '../log.ts';

export interface Reply {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What comes with each request, besides the clients that the function uses. */
export interface Request<Published extends Topic<unknown> = never> {
  readonly log: Logger;
  readonly publish: Publish<Published>;
}

/** One operation of an HTTP function. The schemas check what comes in and give `handle` its types. */
export interface Route<
  Given = unknown,
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** `/batches/{id}`: a part in braces becomes a parameter of that name. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  handle(
    input: {
      readonly params: z.output<Params>;
      readonly query: z.output<Query>;
      readonly body: z.output<Body>;
    },
    given: Given,
  ): Promise<Reply>;
}

export function route<Given, Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  definition: Route<Given, Params, Query, Body>,
): Route<Given, Params, Query, Body> {
  return definition;
}

/** The caller's mistake, or a state that the caller must know of; the message is for people. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: { readonly field?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.field = options.field;
    this.headers = options.headers ?? {};
  }
}
