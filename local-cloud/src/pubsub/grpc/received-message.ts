import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Delivery } from '../broker/consumer.ts';
import type { Subscription } from '../broker/subscription.ts';
import { toTimestamp } from './time.ts';

/** A delivery as subscribers receive it. The attempt is told only where a dead-letter policy counts it. */
export function receivedMessage(
  { ackId, message, attempt }: Delivery,
  { settings }: Subscription,
): google.pubsub.v1.IReceivedMessage {
  return {
    ackId,
    deliveryAttempt: settings.deadLetterPolicy === undefined ? 0 : attempt,
    message: {
      data: message.data,
      attributes: { ...message.attributes },
      messageId: message.id,
      publishTime: toTimestamp(message.publishTime),
      orderingKey: message.orderingKey,
    },
  };
}
