import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { classify, describe } from '../base/errors.ts';
import type { Uses } from '../function/definition.ts';
import type { Instance } from '../function/instance.ts';
import type { InFlight } from '../function/shutdown.ts';
import { readBody } from './body.ts';
import { commonRoutes } from './common-routes.ts';
import { corsHeaders, preflightReply } from './cors.ts';
import type { HttpFunction } from './definition.ts';
import { HttpError } from './http-error.ts';
import { createPublish } from './publish.ts';
import { errorReply, type Reply, send } from './reply.ts';
import { idempotencyKeyOf, readTarget } from './request-parts.ts';
import { createRecorder, type RequestRecord } from './request-record.ts';
import { createRouter, type Found } from './router.ts';
import { securityHeaders } from './security-headers.ts';
import { validate } from './validate.ts';

/** Answers requests by the routes of an HTTP function: one shape of answer, one shape of error. */
export function createHttpHandler(
  definition: HttpFunction,
  instance: Instance<Uses & Pick<HttpFunction['uses'], 'access'>>,
  inFlight: InFlight,
): RequestListener {
  const { log } = instance;
  const recorder = createRecorder(definition.name, instance);
  const common = commonRoutes({
    requests: () => recorder.format(),
    ready: async () => definition.ready?.(await instance.clients()),
    gauges: async () => (await definition.gauges?.({ ...(await instance.clients()), log })) ?? [],
  });
  const router = createRouter([...definition.routes, ...common]);

  /** Finds, admits, checks, handles; whatever is wrong on the way is an error that becomes the answer. */
  async function answer(request: IncomingMessage, signal: AbortSignal, say: Notes): Promise<Reply> {
    const { path, query } = readTarget(request.url);
    const { access, ...clients } = await instance.clients();
    say.headers = corsHeaders(request, access.origins);
    if (inFlight.stopping) throw shuttingDown();
    const methods = router.methodsOf(path);
    if (request.method === 'OPTIONS' && methods.length > 0) return preflightReply(methods);
    const found = router.find(request.method ?? 'GET', path);
    const span = await say.record.begin(found.route.path);
    const { principal } = await access.check(request, found.route);
    return found.route.handle(await readInput(request, found, query), {
      ...clients,
      log,
      headers: request.headers,
      principal,
      idempotencyKey: idempotencyKeyOf(request.headers),
      signal,
      publish: createPublish(definition.name, instance, span, id => say.record.correlate(id)),
    });
  }

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const say: Notes = { record: recorder.start(request), headers: {} };
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const finish = async (reply: Reply): Promise<void> => {
      const headers = { ...securityHeaders(request.headers), ...say.headers, ...reply.headers };
      await send({ ...reply, headers }, response);
    };
    const stream = await inFlight.track(async () => {
      const reply = await answer(request, gone.signal, say).catch(error =>
        errorReply(asHttpError(error, log)),
      );
      await say.record.end(reply.status ?? 200);
      // A stream has no end, and nothing is lost when it is cut: the end of the process must not wait for it.
      if (reply.stream) return reply;
      await finish(reply);
      return undefined;
    });
    if (stream) await finish(stream);
  }

  return (request, response) => void exchange(request, response);
}

/** What is found out about a request on the way to its answer, and is needed also when that is an error. */
interface Notes {
  readonly record: RequestRecord;
  headers: Readonly<Record<string, string>>;
}

async function readInput(request: IncomingMessage, { route, params }: Found, query: object) {
  return {
    params: validate(route.params, params),
    query: validate(route.query, query),
    body: route.body && validate(route.body, await readBody(request, route)),
  };
}

function shuttingDown(): HttpError {
  return new HttpError(503, 'This instance is shutting down.', { headers: { connection: 'close' } });
}

/** An error that nobody made for the caller is logged by its maker's words, but not told. */
function asHttpError(error: unknown, log: Instance['log']): HttpError {
  if (error instanceof HttpError) return error;
  if (classify(error) === 'permanent') return new HttpError(400, describe(error));
  log.warn({ reason: describe(error) }, 'not answered');
  return new HttpError(503, 'A part of the service cannot be reached at the moment; try again.', {
    headers: { 'retry-after': '1' },
  });
}
