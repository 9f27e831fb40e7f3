import { applyFieldMask } from '../../rpc/field-mask.ts';
import type { Methods } from '../../rpc/methods.ts';
import { pageOf } from '../../rpc/page.ts';
import type { Broker } from '../broker/broker.ts';
import type { SubscriptionSettings } from '../broker/settings.ts';
import type { Subscription } from '../broker/subscription.ts';
import { failedPrecondition, invalidArgument } from '../errors.ts';
import { checkResourceName, projectOf, randomName } from '../resource-names.ts';
import { registerDelivery, type SubscriberContext } from './delivery.ts';
import { emptyMessage, wire } from './protocol.ts';
import { registerSnapshots } from './snapshots.ts';
import {
  pushSettings,
  subscriptionSettings,
  updatableFields,
  wireSubscription,
} from './subscription-messages.ts';
import { subscriptionNamed } from './subscription-named.ts';

const path = (method: string) => `/google.pubsub.v1.Subscriber/${method}`;
const nameOf = (subscription: Subscription) => subscription.settings.name;

/** Answers google.pubsub.v1.Subscriber; methods that are not registered answer UNIMPLEMENTED. */
export function registerSubscriber(methods: Methods, context: SubscriberContext): void {
  registerChanges(methods, context);
  registerPushConfig(methods, context);
  registerLists(methods, context);
  registerDelivery(methods, context);
  registerSnapshots(methods, context);
}

/** As callers see it, with what its topic adds. */
function shown(broker: Broker, settings: SubscriptionSettings) {
  const topic = broker.topics.find(({ settings: { name } }) => name === settings.topic);
  return wireSubscription(settings, topic?.settings.retentionMs);
}

function checkDeadLetterTopic(broker: Broker, { deadLetterPolicy }: SubscriptionSettings): void {
  if (deadLetterPolicy !== undefined) broker.topic(deadLetterPolicy.topic);
}

function registerChanges(methods: Methods, { broker, journal }: SubscriberContext): void {
  methods.register({
    path: path('CreateSubscription'),
    request: wire.Subscription,
    response: wire.Subscription,
    async handle(subscription) {
      if (subscription.detached)
        throw invalidArgument('A new subscription cannot be detached. Leave it out.');
      const { topic } = subscription;
      checkResourceName('topic', topic);
      const name = subscription.name || randomName('subscription', topic);
      const settings = subscriptionSettings({ ...subscription, name });
      checkDeadLetterTopic(broker, settings);
      broker.createSubscription(settings);
      await journal.written();
      return shown(broker, settings);
    },
  });

  methods.register({
    path: path('UpdateSubscription'),
    request: wire.UpdateSubscriptionRequest,
    response: wire.Subscription,
    async handle({ subscription, updateMask }) {
      const present = wireSubscription(subscriptionNamed(broker, subscription?.name ?? '').settings);
      const merged = applyFieldMask(present, subscription ?? {}, updateMask?.paths ?? [], updatableFields);
      const settings = subscriptionSettings(merged);
      if (updateMask?.paths?.includes('dead_letter_policy')) checkDeadLetterTopic(broker, settings);
      broker.updateSubscription(settings);
      await journal.written();
      return shown(broker, settings);
    },
  });

  methods.register({
    path: path('DeleteSubscription'),
    request: wire.DeleteSubscriptionRequest,
    response: emptyMessage,
    async handle({ subscription }) {
      checkResourceName('subscription', subscription);
      broker.deleteSubscription(subscription);
      await journal.written();
      return {};
    },
  });
}

function registerPushConfig(methods: Methods, { broker, journal }: SubscriberContext): void {
  methods.register({
    path: path('ModifyPushConfig'),
    request: wire.ModifyPushConfigRequest,
    response: emptyMessage,
    async handle({ subscription, pushConfig }) {
      const { settings } = subscriptionNamed(broker, subscription);
      if (settings.isDetached) throw failedPrecondition(`The subscription ${subscription} is detached.`);
      broker.updateSubscription({ ...settings, ...pushSettings(pushConfig) });
      await journal.written();
      return {};
    },
  });
}

function registerLists(methods: Methods, { broker }: SubscriberContext): void {
  methods.register({
    path: path('GetSubscription'),
    request: wire.GetSubscriptionRequest,
    response: wire.Subscription,
    handle: ({ subscription }) => shown(broker, subscriptionNamed(broker, subscription).settings),
  });

  methods.register({
    path: path('ListSubscriptions'),
    request: wire.ListSubscriptionsRequest,
    response: wire.ListSubscriptionsResponse,
    handle(request) {
      const all = broker.subscriptions.filter(
        subscription => projectOf(nameOf(subscription)) === request.project,
      );
      const { page, nextPageToken } = pageOf(all, nameOf, request);
      return { subscriptions: page.map(({ settings }) => shown(broker, settings)), nextPageToken };
    },
  });
}
