import { subscribe } from 'node:diagnostics_channel';
import { type IncomingHttpHeaders, type IncomingMessage, type RequestListener, Server } from 'node:http';
import { http } from '@google-cloud/functions-framework';
import { describe, PermanentError } from '../base/errors.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { EventFunction, Reads, Uses } from '../function/definition.ts';
import { createDelivery } from '../function/deliver.ts';
import { type Instance, startInstance } from '../function/instance.ts';
import { endGracefully, type InFlight } from '../function/shutdown.ts';
import { BodyReader, mebibyte } from '../http/body.ts';
import { requireOwnHost } from '../http/caller-page.ts';
import type { AnyFunction, HttpFunction } from '../http/definition.ts';
import { createHttpHandler } from '../http/handler.ts';
import { errorReply, HttpError, type Reply, send } from '../http/reply.ts';
import { envelopeBounds } from '../pubsub/envelope.ts';
import { SettingsError } from '../resources/read-settings.ts';
import { runProcesses } from './processes.ts';

/** Registers a function with the functions-framework: this is all that the entry of a bundle does. */
export function serve(definition: AnyFunction, dataSet: DataSet): void {
  if (orLeave(definition.name, () => runProcesses(process.env))) {
    http(definition.name, () => {});
    return;
  }
  const listener =
    definition.kind === 'event'
      ? listenForEvents(definition, dataSet)
      : listenForRequests(definition, dataSet);
  http(definition.name, listener);
  answerRequests(listener);
}

function listenForRequests(definition: HttpFunction, dataSet: DataSet): RequestListener {
  const { instance, inFlight } = start(definition, dataSet);
  return createHttpHandler(definition, instance, inFlight);
}

function listenForEvents(definition: EventFunction, dataSet: DataSet): RequestListener {
  const { instance, inFlight } = start(definition, dataSet);
  return createEventHandler(definition, instance, inFlight);
}

function start<Used extends Uses, Read extends Reads>(
  definition: AnyFunction & { readonly uses: Used; readonly settings: Read },
  dataSet: DataSet,
) {
  const instance = orLeave(definition.name, () => startInstance(definition, process.env, dataSet));
  return { instance, inFlight: endGracefully(instance.log, () => instance.close()) };
}

/** A process that is not configured as it must be ends at once, and says what is wrong in one line. */
function orLeave<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exit(1);
  }
}

/**
 * Answers the requests of this process's server itself. The framework would first read every body, however large it
 * is, and answer malformed JSON and malformed paths with a page of HTML of its own; its event signature answers 204 to
 * a body that is no event, and 500 to everything that fails. It stays what starts the server. The channel speaks before
 * the first request is handed on, so that none is answered by the framework.
 */
function answerRequests(listener: RequestListener): void {
  const own = new WeakSet<Server>();
  subscribe('http.server.request.start', message => {
    const server: unknown = Reflect.get(Object(message), 'server');
    if (!(server instanceof Server) || own.has(server)) return;
    own.add(server);
    server.removeAllListeners('request').on('request', listener);
    server.keepAliveTimeout = keepAliveMs;
    server.requestTimeout = requestMs;
  });
}

/**
 * Longer than a load balancer keeps an idle connection (600 s): one that is closed here first may be given a request at
 * that very moment, which is then lost.
 */
const keepAliveMs = 620_000;

/** Long enough for a large file on a slow line, and not for those who only want to keep its place. */
const requestMs = 120_000;

const statusOf = { done: 204, permanent: 204, transient: 503 } as const;

/** Nobody else's: a form that a web page sends, or a text without a type, was not sent by Pub/Sub. */
const eventTypes = ['application/json', 'application/cloudevents+json'];

/** Pub/Sub takes messages of 10 MB, which are a third longer in base64. */
const maxBodyBytes = 16 * mebibyte;

function createEventHandler(
  definition: EventFunction,
  instance: Instance,
  inFlight: InFlight,
): RequestListener {
  const deliver = createDelivery(definition, instance);
  const bodies = new BodyReader(envelopeBounds);

  async function answer(request: IncomingMessage): Promise<Reply> {
    // Not acknowledged, so Pub/Sub brings it to another instance.
    if (inFlight.stopping) return { status: 503, headers: { connection: 'close' }, content: '' };
    const { headers } = request;
    try {
      requireOwnHost(headers, instance.hosts);
      requireNoPage(headers);
    } catch (error) {
      return errorReply(asHttpError(error));
    }
    if (request.method !== 'POST') return errorReply(wrongMethod(request));
    try {
      const body = await bodies.readJson(request, eventTypes, maxBodyBytes);
      const outcome = await deliver(body, headers);
      return { status: statusOf[outcome], content: '' };
    } catch (error) {
      instance.log.warn({ reason: describe(error) }, 'not a Pub/Sub message');
      return errorReply(asHttpError(error));
    }
  }

  return (request, response) =>
    // The answer is part of the work: the process must not end between the two.
    void inFlight.track(async () => send(await answer(request), response));
}

/** Pub/Sub is no browser: whatever comes from one is somebody's trick. */
function requireNoPage({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders): void {
  if (origin !== undefined || site !== undefined) throw new HttpError(403, 'Pages may not send messages.');
}

function wrongMethod({ method }: IncomingMessage): HttpError {
  return new HttpError(405, `Messages are sent with POST, not ${method}.`, { headers: { allow: 'POST' } });
}

function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  return new HttpError(error instanceof PermanentError ? 400 : 500, describe(error));
}
