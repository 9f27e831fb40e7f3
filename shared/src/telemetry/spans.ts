import type { Facts } from '../base/log.ts';
import type { SpanFailure, SpanStart } from './tracer.ts';

// The spans of this project, with names and attributes by OpenTelemetry's semantic conventions for messaging, Google
// Cloud Pub/Sub and HTTP servers.

const system = { 'messaging.system': 'gcp_pubsub' };

interface HandledMessage {
  readonly id: string;
  readonly data: Buffer;
  readonly attempt: number | undefined;
}

/** The handling of a message that came from a topic. */
export function processSpan(topic: string, { id, data, attempt }: HandledMessage): SpanStart {
  return {
    name: `process ${topic}`,
    kind: 'consumer',
    attributes: {
      ...system,
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.message.id': id,
      'messaging.message.body.size': data.length,
      'messaging.gcp_pubsub.message.delivery_attempt': attempt,
    },
  };
}

/** The publishing of a message to a topic. */
export function sendSpan(topic: string, bytes: number, batches: number): SpanStart {
  return {
    name: `send ${topic}`,
    kind: 'producer',
    attributes: {
      ...system,
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.message.body.size': bytes,
      ...(batches > 1 && { 'messaging.batch.message_count': batches }),
    },
  };
}

/** The answering of a request. It is known by its route: paths hold ids, and no two of them would be alike. */
export function requestSpan(method: string, route: string): SpanStart {
  return {
    name: `${method} ${route}`,
    kind: 'server',
    attributes: { 'http.request.method': method, 'http.route': route },
  };
}

/** A caller's mistake is no failure of the server. */
export function requestFailure(status: number): SpanFailure | undefined {
  return status < 500 ? undefined : { type: String(status), reason: `Answered with ${status}.` };
}

/** What a piece of work found out, as attributes of its span: the same facts as on its log line. */
export function spanFacts(correlationId: string | undefined, facts: Facts): Facts {
  const own = Object.entries(facts).map(([name, value]) => [`banknote.${name}`, value]);
  return { 'messaging.message.conversation_id': correlationId, ...Object.fromEntries(own) };
}
