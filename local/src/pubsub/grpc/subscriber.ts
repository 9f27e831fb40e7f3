import type { Server } from '@grpc/grpc-js';
import type { Broker } from '../broker/broker.ts';
import type { Subscription } from '../broker/subscription.ts';
import type { Clock } from '../clock.ts';
import { invalidArgument } from '../errors.ts';
import type { Journal } from '../journal/record.ts';
import { checkResourceName, projectOf } from '../resource-names.ts';
import { applyFieldMask } from './field-mask.ts';
import { pageOf } from './page.ts';
import { emptyMessage, wire } from './protocol.ts';
import { pull } from './pull.ts';
import { type StreamingPullCall, streamingPull } from './streaming-pull.ts';
import {
  pushEndpoint,
  subscriptionSettings,
  updatableFields,
  wireSubscription,
} from './subscription-messages.ts';
import { registerUnary, serializer } from './unary.ts';

const path = (method: string) => `/google.pubsub.v1.Subscriber/${method}`;
const nameOf = (subscription: Subscription) => subscription.settings.name;
const longestAckDeadlineSeconds = 600;

export interface SubscriberContext {
  readonly broker: Broker;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Answers google.pubsub.v1.Subscriber; methods that are not registered answer UNIMPLEMENTED. */
export function registerSubscriber(server: Server, context: SubscriberContext): void {
  registerChanges(server, context);
  registerPushConfig(server, context);
  registerLists(server, context);
  registerDelivery(server, context);
  registerSettlement(server, context);
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

function registerDelivery(server: Server, { broker, clock }: SubscriberContext): void {
  registerUnary(server, {
    path: path('Pull'),
    request: wire.PullRequest,
    response: wire.PullResponse,
    handle: (request, cancelled) =>
      pull(broker.subscription(request.subscription), request, { clock, cancelled }),
  });

  server.register(
    path('StreamingPull'),
    (call: StreamingPullCall) => streamingPull(call, broker),
    serializer(wire.StreamingPullResponse),
    bytes => wire.StreamingPullRequest.decode(bytes),
    'bidi',
  );
}

function registerSettlement(server: Server, { broker, journal }: SubscriberContext): void {
  registerUnary(server, {
    path: path('Acknowledge'),
    request: wire.AcknowledgeRequest,
    response: emptyMessage,
    async handle({ subscription, ackIds }) {
      checkAckIds(ackIds);
      broker.subscription(subscription).acknowledge(ackIds);
      await journal.written();
      return {};
    },
  });

  registerUnary(server, {
    path: path('ModifyAckDeadline'),
    request: wire.ModifyAckDeadlineRequest,
    response: emptyMessage,
    handle({ subscription, ackIds, ackDeadlineSeconds: seconds }) {
      checkAckIds(ackIds);
      if (seconds < 0 || seconds > longestAckDeadlineSeconds) {
        throw invalidArgument(
          `Invalid ack_deadline_seconds: ${seconds}. Choose from 0 to ${longestAckDeadlineSeconds}.`,
        );
      }
      broker.subscription(subscription).modifyAckDeadline(ackIds, seconds * 1000);
      return {};
    },
  });
}

function checkAckIds(ackIds: readonly string[]): void {
  if (ackIds.length === 0)
    throw invalidArgument('The request has no ack_ids. Pass those of received messages.');
}
