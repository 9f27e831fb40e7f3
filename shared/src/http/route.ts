import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Logger } from '../base/log.ts';
import type { Topic } from '../contract/topics.ts';
import type { Publish } from '../function/definition.ts';
import type { Scope } from './access/scope.ts';
import type { Reply } from './reply.ts';

export { HttpError } from './http-error.ts';
export type { Reply } from './reply.ts';

/** What comes with each request, besides the clients that the function uses. */
export interface Request<Published extends Topic<unknown> = never> {
  readonly log: Logger;
  readonly publish: Publish<Published>;
  readonly headers: IncomingHttpHeaders;
  /** Who asks: the subject of the token, or without tokens the address. */
  readonly principal: string;
  /** What the caller calls this request, so that sending it again does nothing again. */
  readonly idempotencyKey: string | undefined;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/** One operation of an HTTP function. The schemas check what comes in, give `handle` its types, and make the docs. */
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
  /** Further types of body beside JSON, each with what makes of its text a value for the schema. */
  readonly accepts?: Readonly<Record<string, (text: string) => unknown>>;
  /** Whether an `Idempotency-Key` is honoured. */
  readonly idempotent?: boolean;
  /** What a token must allow; without it any valid token will do. `open` routes need no token at all. */
  readonly scope?: Scope | 'open';
  /** What a good answer looks like, by status. */
  readonly answers?: Readonly<Record<number, z.ZodType | Media>>;
  handle(
    input: {
      readonly params: z.output<Params>;
      readonly query: z.output<Query>;
      readonly body: z.output<Body>;
    },
    given: Given,
  ): Promise<Reply>;
}

/** An answer that is not JSON, by its media type. */
export type Media = `${string}/${string}`;

export function route<Given, Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  definition: Route<Given, Params, Query, Body>,
): Route<Given, Params, Query, Body> {
  return definition;
}
