import type { Server } from '@grpc/grpc-js';
import type { Subscription } from '../broker/subscription.ts';
import { checkResourceName, projectOf } from '../resource-names.ts';
import { registerDelivery, type SubscriberContext } from './delivery.ts';
import { applyFieldMask } from './field-mask.ts';
import { pageOf } from './page.ts';
import { emptyMessage, wire } from './protocol.ts';
import {
  pushEndpoint,
  subscriptionSettings,
  updatableFields,
  wireSubscription,
} from './subscription-messages.ts';
import { registerUnary } from './unary.ts';

const path = (method: string) => `/google.pubsub.v1.Subscriber/${method}`;
const nameOf = (subscription: Subscription) => subscription.settings.name;

/** Answers google.pubsub.v1.Subscriber; methods that are not registered answer UNIMPLEMENTED. */
export function registerSubscriber(server: Server, context: SubscriberContext): void {
  registerChanges(server, context);
  registerPushConfig(server, context);
  registerLists(server, context);
  registerDelivery(server, context);
}

function registerChanges(server: Server, { broker, journal }: SubscriberContext): void {
  registerUnary(server, {
    path: path('CreateSubscription'),
    request: wire.Subscription,
    response: wire.Subscription,
    async handle(subscription) {
      const settings = subscriptionSettings(subscription);
      checkResourceName('topic', settings.topic);
      broker.createSubscription(settings);
      await journal.written();
      return wireSubscription(settings);
    },
  });

  registerUnary(server, {
    path: path('UpdateSubscription'),
    request: wire.UpdateSubscriptionRequest,
    response: wire.Subscription,
    async handle({ subscription, updateMask }) {
      const present = wireSubscription(broker.subscription(subscription?.name ?? '').settings);
      const merged = applyFieldMask(present, subscription ?? {}, updateMask?.paths ?? [], updatableFields);
      const settings = subscriptionSettings(merged);
      broker.updateSubscription(settings);
      await journal.written();
      return wireSubscription(settings);
    },
  });

  registerUnary(server, {
    path: path('DeleteSubscription'),
    request: wire.DeleteSubscriptionRequest,
    response: emptyMessage,
    async handle({ subscription }) {
      broker.deleteSubscription(subscription);
      await journal.written();
      return {};
    },
  });
}

function registerPushConfig(server: Server, { broker, journal }: SubscriberContext): void {
  registerUnary(server, {
    path: path('ModifyPushConfig'),
    request: wire.ModifyPushConfigRequest,
    response: emptyMessage,
    async handle({ subscription, pushConfig }) {
      const { settings } = broker.subscription(subscription);
      broker.updateSubscription({ ...settings, pushEndpoint: pushEndpoint(pushConfig) });
      await journal.written();
      return {};
    },
  });
}

function registerLists(server: Server, { broker }: SubscriberContext): void {
  registerUnary(server, {
    path: path('GetSubscription'),
    request: wire.GetSubscriptionRequest,
    response: wire.Subscription,
    handle: ({ subscription }) => wireSubscription(broker.subscription(subscription).settings),
  });

  registerUnary(server, {
    path: path('ListSubscriptions'),
    request: wire.ListSubscriptionsRequest,
    response: wire.ListSubscriptionsResponse,
    handle(request) {
      const all = broker.subscriptions.filter(
        subscription => projectOf(nameOf(subscription)) === request.project,
      );
      const { page, nextPageToken } = pageOf(all, nameOf, request);
      return { subscriptions: page.map(({ settings }) => wireSubscription(settings)), nextPageToken };
    },
  });
}
