import { STATUS_CODES } from 'node:http';
import { http, type Request, type Response } from '@google-cloud/functions-framework';
import { describe, PermanentError } from '../base/errors.ts';
import type { EventFunction, Uses } from '../function/definition.ts';
import { createDelivery } from '../function/deliver.ts';
import { type Instance, startInstance } from '../function/instance.ts';
import { endGracefully, type InFlight } from '../function/shutdown.ts';
import type { AnyFunction } from '../http/definition.ts';
import { createHttpHandler } from '../http/handler.ts';
import { answerRequests } from '../http/own-server.ts';
import { SettingsError } from '../resources/settings.ts';

/** Registers a function with the functions-framework: this is all that the entry of a bundle does. */
export function serve(definition: AnyFunction): void {
  // Registered as HTTP, for events too: the framework's own event signature answers 204 to a body that is no event,
  // and 500 to everything that fails.
  if (definition.kind === 'event') {
    const { instance, inFlight } = start(definition);
    http(definition.name, createEventHandler(definition, instance, inFlight));
  } else {
    const { instance, inFlight } = start(definition);
    const listener = createHttpHandler(definition, instance, inFlight);
    http(definition.name, listener);
    answerRequests(listener);
  }
}

function start<Used extends Uses>(definition: AnyFunction & { readonly uses: Used }) {
  const instance = startOrLeave(definition);
  return { instance, inFlight: endGracefully(instance.log, () => instance.close()) };
}

function startOrLeave<Used extends Uses>(definition: AnyFunction & { readonly uses: Used }): Instance<Used> {
  try {
    return startInstance(definition, process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${definition.name}: ${error.message}\n`);
    process.exit(1);
  }
}

const statusOf = { done: 204, permanent: 204, transient: 503 } as const;

function createEventHandler(definition: EventFunction, instance: Instance, inFlight: InFlight) {
  const deliver = createDelivery(definition, instance);
  return async (request: Request, response: Response): Promise<void> => {
    if (inFlight.stopping) {
      // Not acknowledged, so Pub/Sub brings it to another instance.
      response.status(503).set('connection', 'close').end();
      return;
    }
    // The answer is part of the work: the process must not end between the two.
    await inFlight.track(async () => {
      try {
        const outcome = await deliver(request.body, request.headers);
        response.status(statusOf[outcome]).end();
      } catch (error) {
        const status = error instanceof PermanentError ? 400 : 500;
        instance.log.warn({ reason: describe(error) }, 'not a Pub/Sub message');
        response.status(status).json({ status_text: STATUS_CODES[status], message: describe(error) });
      }
    });
  };
}
