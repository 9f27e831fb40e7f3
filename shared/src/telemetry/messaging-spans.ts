import type { ReceivedMessage } from '../pubsub/envelope.ts';
import type { SpanStart } from './tracer.ts';

// Names and attributes by OpenTelemetry's semantic conventions for messaging and Google Cloud Pub/Sub.

const system = { 'messaging.system': 'gcp_pubsub' };

/** The handling of a message that came from a topic. */
export function processSpan(topic: string, { id, data, attempt }: ReceivedMessage): SpanStart {
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
export function sendSpan(topic: string, bytes: number): SpanStart {
  return {
    name: `send ${topic}`,
    kind: 'producer',
    attributes: {
      ...system,
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.message.body.size': bytes,
    },
  };
}
