import { STATUS_CODES } from 'node:http';
import type { Request as FrameworkRequest, Response } from '@google-cloud/functions-framework';
import type { z } from 'zod';
import { classify, describe } from '../errors.ts';
import type { HttpFunction } from '../function/definition.ts';
import type { Instance } from '../function/instance.ts';
import type { InFlight } from '../function/shutdown.ts';
import { attributesOf } from '../pubsub/attributes.ts';
import { formatPath } from '../pubsub/envelope.ts';
import { continueTrace } from '../trace.ts';
import { HttpError, type Reply, type Route } from './route.ts';

type Handler = (request: FrameworkRequest, response: Response) => Promise<void>;

/** Answers requests by the routes of an HTTP function: one shape of answer, one shape of error. */
export function createHttpHandler(definition: HttpFunction, instance: Instance, inFlight: InFlight): Handler {
  const find = createRouter(definition.routes);
  return async (request, response) => {
    const startedAt = performance.now();
    const reply = inFlight.stopping
      ? errorReply(
          new HttpError(503, 'This instance is shutting down.', { headers: { connection: 'close' } }),
        )
      : await inFlight.track(() => answer(request).catch(explain));
    response
      .status(reply.status ?? 200)
      .set(reply.headers ?? {})
      .json(reply.body);
    const ms = Math.round((performance.now() - startedAt) * 100) / 100;
    instance.log.info(
      { method: request.method, path: request.path, status: reply.status ?? 200, ms },
      'answered',
    );
  };

  function explain(error: unknown): Reply {
    // What went wrong inside is not told to the caller, so the log must have it.
    if (!(error instanceof HttpError)) instance.log.warn({ reason: describe(error) }, 'a request failed');
    return errorReply(asHttpError(error));
  }

  async function answer(request: FrameworkRequest): Promise<Reply> {
    const { route, params } = find(request.method, request.path);
    const input = {
      params: check(route.params, params, ''),
      query: check(route.query, request.query, ''),
      body: route.body && check(route.body, jsonBody(request), ''),
    };
    const trace = continueTrace(request.get('traceparent'));
    return route.handle(input, {
      ...(await instance.clients()),
      log: instance.log,
      publish: async (topic: { readonly name: string }, message: { readonly batch_id?: string }) => {
        const target = instance.topicOverride ?? topic.name;
        const correlationId = message.batch_id ?? trace.traceId;
        const attributes = attributesOf({
          functionName: definition.name,
          topic: target,
          trace,
          correlationId,
        });
        await (await instance.publisher()).send(target, Buffer.from(JSON.stringify(message)), attributes);
      },
    });
  }
}

interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a path and method, or says which of the two is unknown. */
function createRouter(routes: readonly Route[]): (method: string, path: string) => Found {
  const patterns = routes.map(route => ({
    route,
    pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`),
  }));
  return (method, path) => {
    const known = patterns.flatMap(({ route, pattern }) => {
      const match = pattern.exec(path);
      return match ? [{ route, params: { ...match.groups } }] : [];
    });
    if (known.length === 0) throw new HttpError(404, `There is nothing at ${path}.`);
    const found = known.find(({ route }) => route.method === method);
    if (found) return found;
    const allow = known.map(({ route }) => route.method).join(', ');
    throw new HttpError(405, `${path} does not know the method ${method}.`, { headers: { allow } });
  };
}

function jsonBody(request: FrameworkRequest): unknown {
  if (!request.is('application/json')) {
    throw new HttpError(415, 'The body must be JSON, with the header "content-type: application/json".');
  }
  return request.body;
}

function check(schema: z.ZodType | undefined, value: unknown, at: string): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new HttpError(400, first?.message ?? 'The request does not fit its schema.', {
    field: formatPath([...(at ? [at] : []), ...(first?.path ?? [])]),
  });
}

/** An error that nobody made for the caller is not told, unless it says that the request itself is at fault. */
function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (classify(error) === 'permanent') return new HttpError(400, describe(error));
  return new HttpError(503, 'A part of the service cannot be reached at the moment; try again.', {
    headers: { 'retry-after': '1' },
  });
}

function errorReply({ status, message, field, headers }: HttpError): Reply {
  return {
    status,
    headers,
    body: { status_text: STATUS_CODES[status], message, ...(field ? { field } : {}) },
  };
}
