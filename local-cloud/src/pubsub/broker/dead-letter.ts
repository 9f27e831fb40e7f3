import { idOf, projectOf } from '../resource-names.ts';
import type { Message, NewMessage } from './message.ts';
import type { SubscriptionSettings } from './settings.ts';

/** The message as it is forwarded to the dead-letter topic, with the attributes by which Google says where it came from. */
export function toDeadLetter(message: Message, source: SubscriptionSettings, attempts: number): NewMessage {
  return {
    data: message.data,
    orderingKey: message.orderingKey,
    attributes: {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
      CloudPubSubDeadLetterSourceSubscription: idOf(source.name),
      CloudPubSubDeadLetterSourceSubscriptionProject: idOf(projectOf(source.name)),
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(message.publishTime).toISOString(),
    },
  };
}
