import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Logger } from '../base/log.ts';
import type { Scope } from '../contract/roles.ts';
import type { Topic } from '../contract/topics.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Publish } from '../function/definition.ts';
import type { Caller } from './access/tokens.ts';
import type { JsonReply, MediaReply, Reply } from './reply.ts';

/** What a handler gets with each request, beside the clients and settings of its function. */
export interface Request<Published extends Topic<unknown> = never> {
  readonly log: Logger;
  readonly dataSet: DataSet;
  readonly publish: Publish<Published>;
  /** Sees work through that the answer does not wait for: the process does not end before it, and a failure is logged. */
  readonly finishLater: (what: string, work: Promise<void>) => void;
  /** Adds to the line that the log gets of the request. Nothing that people send may be in it. */
  readonly addToLog: (facts: Readonly<Record<string, string | number>>) => void;
  /** `HEAD` where only the head of an answer is asked for: nothing may change then. */
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly caller: Caller;
  /** The caller's name: that which the token proves, or without tokens the address. */
  readonly principal: string;
  /** Writes down that the caller sees what is others', without keeping the answer waiting. */
  readonly auditRead: (target: string) => void;
  /** What the caller calls this request, so that sending it again does nothing again. */
  readonly idempotencyKey: string | undefined;
  /** Aborted when the caller goes away; made anew each time it is asked for. */
  readonly signal: AbortSignal;
}

/**
 * One operation of an HTTP function. Its schemas are all there is to say of it: they check what comes in, give `handle`
 * its types, hold what it returns to the answer, and make the docs. A request goes the same way on every route: it is
 * matched by method and path, its caller is checked, then path, query and body, and only then it is handled. An
 * HttpError that is thrown on the way is the answer; any other error is logged, and answered with 503.
 */
export interface Route<Context = unknown> {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** `/batches/{id}`: a part in braces becomes a parameter of that name. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Further types of body beside JSON, each with what makes of its text a value for the schema, or the promise of one. */
  readonly accepts?: Readonly<Record<string, (text: string) => unknown>>;
  /** Instead of all that: the body is a file, of any of these types, and no larger than this. */
  readonly file?: { readonly types: readonly string[]; readonly mostBytes: number };
  /** Whether an `Idempotency-Key` is honoured. */
  readonly idempotent?: boolean;
  /**
   * What a token must allow; without it any valid token will do. `open` routes need no token at all, and look at none;
   * `anyone` may ask, too, but whoever signs in is known.
   */
  readonly scope?: Scope | 'open' | 'anyone';
  /** What a good answer is: JSON of this schema, or a text or file of this media type. */
  readonly answer: z.ZodType | Media;
  /** The status of a good answer, if it is not 200. */
  readonly status?: 202;
  handle(
    input: { readonly params: unknown; readonly query: unknown; readonly body: unknown },
    context: Context,
  ): Promise<Reply>;
}

/** An answer that is not JSON, by its media type. */
export type Media = `${string}/${string}`;

type DeepReadonly<T> = unknown extends T
  ? T
  : T extends Date
    ? T
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };

/**
 * What a handler may return for it to be the answer of its route. That is what goes into the schema, so a time may be
 * a Date: it leaves as the text that JSON makes of it, which is what comes out of the schema.
 */
type ReplyOf<Answer> = Answer extends z.ZodType ? JsonReply<DeepReadonly<z.input<Answer>>> : MediaReply;

interface TypedRoute<
  Context,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType | Media,
> extends Omit<Route<Context>, 'handle'> {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  handle(
    input: {
      readonly params: z.output<Params>;
      readonly query: z.output<Query>;
      readonly body: z.output<Body>;
    },
    context: Context,
  ): Promise<ReplyOf<Answer>>;
}

/** Holds a route to its own schemas. */
export function route<
  Context,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType | Media,
>(
  definition: TypedRoute<Context, Params, Query, Body, Answer>,
): TypedRoute<Context, Params, Query, Body, Answer> {
  return definition;
}
