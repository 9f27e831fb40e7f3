import type { OutgoingHttpHeaders } from 'node:http';
import type { Delivery } from '../broker/consumer.ts';
import type { Message } from '../broker/message.ts';
import type { SubscriptionSettings } from '../broker/settings.ts';

const cloudEventType = 'google.cloud.pubsub.topic.v1.messagePublished';

/** The body of a push request. The names are there twice because Google writes both spellings. */
export function pushBody(
  { message, attempt }: Delivery,
  { name, deadLetterPolicy }: SubscriptionSettings,
): string {
  const publishTime = timeOf(message);
  return JSON.stringify({
    message: {
      attributes: message.attributes,
      data: base64(message.data),
      messageId: message.id,
      message_id: message.id,
      ...(message.orderingKey !== '' && { orderingKey: message.orderingKey }),
      publishTime,
      publish_time: publishTime,
    },
    subscription: name,
    ...(deadLetterPolicy !== undefined && { deliveryAttempt: attempt }),
  });
}

/** What else stands in the attribute stays there: no HTTP request could be made with it. */
const fitsHeader = /^[!-~]+$/;

/** The headers that make a push request a CloudEvent in binary mode, as Eventarc sends it. */
export function cloudEventHeaders(message: Message, topic: string): OutgoingHttpHeaders {
  const { traceparent } = message.attributes;
  return {
    'ce-id': message.id,
    'ce-source': `//pubsub.googleapis.com/${topic}`,
    'ce-specversion': '1.0',
    'ce-type': cloudEventType,
    'ce-time': timeOf(message),
    ...(traceparent !== undefined && fitsHeader.test(traceparent) && { traceparent }),
  };
}

function timeOf(message: Message): string {
  return new Date(message.publishTime).toISOString();
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}
