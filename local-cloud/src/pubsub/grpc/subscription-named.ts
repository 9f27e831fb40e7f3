import type { Broker } from '../broker/broker.ts';
import type { Subscription } from '../broker/subscription.ts';
import { checkResourceName } from '../resource-names.ts';

export function subscriptionNamed(broker: Broker, name: string): Subscription {
  checkResourceName('subscription', name);
  return broker.subscription(name);
}
