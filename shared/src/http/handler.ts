import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  ConflictError,
  classify,
  describe,
  NotFoundError,
  PermanentError,
  TooLargeError,
  TransientError,
} from '../base/errors.ts';
import { messageBounds } from '../contract/bounds.ts';
import type { TimeForm } from '../contract/time.ts';
import type { Uses } from '../function/definition.ts';
import type { Instance } from '../function/instance.ts';
import { Outbox } from '../function/outbox.ts';
import type { InFlight } from '../function/shutdown.ts';
import { requireScope } from './access/tokens.ts';
import { AuditBuffer } from './audit-buffer.ts';
import { BodyReader } from './body.ts';
import { requireOwnHost, requireOwnPage } from './caller-page.ts';
import { commonRoutes } from './common-routes.ts';
import type { HttpFunction } from './definition.ts';
import { corsHeaders, preflightReply, securityHeaders } from './headers.ts';
import { idempotencyKeyOf, readInput, readTarget } from './input.ts';
import { bareTimes, timesWanted } from './old-readers.ts';
import { errorReply, HttpError, type Reply, send } from './reply.ts';
import { createRequestLog, type RequestRecord } from './request-log.ts';
import { createRouter } from './router.ts';

/** Answers requests by the routes of an HTTP function: one shape of answer, one shape of error. */
export function createHttpHandler(
  definition: HttpFunction,
  instance: Instance<Uses & Pick<HttpFunction['uses'], 'access'>, HttpFunction['settings']>,
  inFlight: InFlight,
): RequestListener {
  const { log, settings, dataSet } = instance;
  const outbox = new Outbox(definition.name, instance);
  const bodies = new BodyReader(messageBounds(dataSet));
  const requests = createRequestLog(definition.name, instance);
  const common = commonRoutes({
    requests: () => requests.metrics(),
    ready: async () => definition.ready?.(await instance.clients()),
    gauges: async () => (await definition.gauges?.({ ...(await instance.clients()), log })) ?? [],
  });
  const audit = new AuditBuffer(
    async () => definition.audit?.(await instance.clients()),
    log,
    work => inFlight.track(work),
  );
  const router = createRouter([...definition.routes(dataSet), ...common]);

  /** Matches, checks, handles; whatever is wrong on the way is an error that becomes the answer. */
  async function answer({ request, response, record, headers }: Exchange): Promise<Reply> {
    requireOwnHost(request.headers, instance.hosts);
    const { path, query } = readTarget(request.url);
    const { access, ...clients } = await instance.clients();
    Object.assign(headers, corsHeaders(request, access.origins));
    if (inFlight.stopping) throw shuttingDown();
    if (request.method === 'OPTIONS' && router.knows(path)) return preflightReply(router.methodsOf(path));
    if (!router.knows(path)) await access.check(request, undefined);
    const match = router.find(request.method ?? 'GET', path);
    requireOwnPage(request.headers, access.origins, match.route);
    const span = await record.begin(match.route.path);
    const caller = await access.check(request, match.route);
    record.callerIs(caller.principal);
    requireScope(caller, match.route.scope);
    const since = new Date();
    const reply = await match.route.handle(await readInput(request, match, query, bodies), {
      ...clients,
      ...settings,
      log,
      dataSet,
      headers: request.headers,
      method: request.method ?? 'GET',
      caller,
      principal: caller.principal,
      idempotencyKey: idempotencyKeyOf(request.headers),
      get signal() {
        return whenGone(response);
      },
      finishLater,
      addToLog: record.addToLog,
      auditRead: (target: string) =>
        audit.take({ action: 'read', who: caller.principal, address: caller.address, target }),
      publish: outbox.for({
        span,
        correlate: message => ({ id: record.correlate(batchIdIn(message) ?? span.trace.traceId), since }),
      }),
    });
    const status = match.route.status === 202 ? settings.replies.acceptedStatus : 200;
    return { status, ...inTimesOf(reply, request.headers, settings.replies.times) };
  }

  function finishLater(what: string, work: Promise<void>): void {
    void inFlight.track(() =>
      work.catch(error => log.error({ reason: describe(error) }, `${what} failed after the answer`)),
    );
  }

  async function noteRefusal(
    request: IncomingMessage,
    { caller, route }: RequestRecord,
    { status }: HttpError,
  ): Promise<void> {
    const address = (await instance.clients()).access.addressOf(request);
    const target = `${status} ${request.method} ${route}`;
    audit.take({ action: 'refusal', who: caller ?? address, address, target });
  }

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const record = requests.start(request);
    const headers = { ...securityHeaders(request.headers) };
    const finish = (reply: Reply): Promise<void> =>
      send({ ...reply, headers: { ...headers, ...reply.headers } }, response);
    const stream = await inFlight.track(async () => {
      const reply = await answer({ request, response, record, headers }).catch(async error => {
        const refusal = asHttpError(error, log);
        if (definition.audit && [401, 403].includes(refusal.status))
          await noteRefusal(request, record, refusal);
        return errorReply(refusal);
      });
      await record.end(reply.status ?? 200);
      // A stream has no end, and nothing is lost when it is cut: the end of the process must not wait for it.
      if (reply.stream) return reply;
      await finish(reply);
      return undefined;
    });
    if (stream) await finish(stream);
  }

  return (request, response) => void exchange(request, response);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: RequestRecord;
  /** What every answer has, an error too; completed on the way. */
  readonly headers: Record<string, string>;
}

function inTimesOf(reply: Reply, headers: IncomingHttpHeaders, usual: TimeForm): Reply {
  const isJson = reply.content === undefined && reply.stream === undefined;
  return isJson && timesWanted(headers, usual) === 'bare' ? { ...reply, body: bareTimes(reply.body) } : reply;
}

/** Made only for those who ask for it: most answers are there before anybody could go. */
function whenGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.closed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone.signal;
}

function batchIdIn(message: unknown): string | undefined {
  const id: unknown = Reflect.get(Object(message), 'batch_id');
  return typeof id === 'string' ? id : undefined;
}

function shuttingDown(): HttpError {
  return new HttpError(503, 'This instance is shutting down.', { headers: { connection: 'close' } });
}

/** The words of an error that was not made for the caller go to the log only. */
function asHttpError(error: unknown, log: Instance['log']): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof PermanentError) {
    return new HttpError(statusOf(error), error.message, { field: error.field });
  }
  if (classify(error) === 'permanent') return new HttpError(400, describe(error));
  log.warn({ reason: describe(error) }, 'not answered');
  const told = error instanceof TransientError ? error.forCaller : undefined;
  return new HttpError(503, told ?? 'A part of the service cannot be reached at the moment; try again.', {
    headers: { 'retry-after': '1' },
  });
}

function statusOf(error: PermanentError): number {
  if (error instanceof NotFoundError) return 404;
  if (error instanceof TooLargeError) return 413;
  return error instanceof ConflictError ? 409 : 400;
}
