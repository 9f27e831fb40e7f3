import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Updatable } from '../../rpc/field-mask.ts';
import { refuseOptions } from '../../rpc/refused-options.ts';
import { parseFilter } from '../broker/filter.ts';
import type { DeadLetterPolicy, RetryPolicy, SubscriptionSettings } from '../broker/settings.ts';
import { invalidArgument, notOffered } from '../errors.ts';
import { parseEndpoint } from '../push/endpoint.ts';
import { checkResourceName } from '../resource-names.ts';
import { wire } from './protocol.ts';
import { durationWithin, toDuration } from './time.ts';

type WireSubscription = google.pubsub.v1.ISubscription;
type WirePushConfig = google.pubsub.v1.IPushConfig;

const refusedOptions = {
  bigqueryConfig: 'BigQuery subscriptions (bigquery_config)',
  cloudStorageConfig: 'Cloud Storage subscriptions (cloud_storage_config)',
  bigtableConfig: 'Bigtable subscriptions (bigtable_config)',
  messageTransforms: 'message transforms (message_transforms)',
  tags: 'resource tags (tags)',
} satisfies Partial<Record<keyof WireSubscription, string>>;

const refusedPushOptions = {
  oidcToken: 'authenticated push (oidc_token)',
  noWrapper: 'push without the wrapper (no_wrapper)',
} satisfies Partial<Record<keyof WirePushConfig, string>>;

/** The only push attribute that there is: the version of the format. */
const formatAttribute = 'x-goog-version';

const second = 1000;
const day = 24 * 60 * 60 * second;
const retention = { min: 10 * 60 * second, max: 31 * day, fallback: 7 * day };
const expiry = { min: day, max: 10 * 365 * day, fallback: 31 * day };
const backoff = { min: 0, max: 600 * second };
const ackDeadline = { min: 10, max: 600, fallback: 10 };
const deliveryAttempts = { min: 5, max: 100, fallback: 5 };

/** The settings that a caller asks for; throws where they are malformed or ask for what is not offered. */
export function subscriptionSettings(subscription: WireSubscription): SubscriptionSettings {
  // A policy without a ttl means never; no policy at all means Google's own.
  const { ttl } = subscription.expirationPolicy ?? { ttl: toDuration(expiry.fallback) };
  const { name, topic, labels, retryPolicy, deadLetterPolicy, filter } = subscription;
  checkResourceName('subscription', name ?? '');
  refuseOptions(subscription, refusedOptions);
  return {
    name: name ?? '',
    topic: topic ?? '',
    labels: labels ?? {},
    ackDeadlineMs: ackDeadlineMs(subscription.ackDeadlineSeconds),
    retentionMs: durationWithin(
      'message_retention_duration',
      subscription.messageRetentionDuration,
      retention,
    ),
    ...pushSettings(subscription.pushConfig),
    ...(filter && { filter: checkedFilter(filter) }),
    ...(subscription.enableMessageOrdering && { keepsOrder: true }),
    ...(subscription.enableExactlyOnceDelivery && { exactlyOnce: true }),
    ...(subscription.retainAckedMessages && { retainsAcked: true }),
    ...(ttl && { expiresAfterMs: durationWithin('expiration_policy.ttl', ttl, expiry) }),
    ...(subscription.detached && { isDetached: true }),
    ...(retryPolicy && { retryPolicy: parseRetryPolicy(retryPolicy) }),
    ...(deadLetterPolicy && { deadLetterPolicy: parseDeadLetterPolicy(deadLetterPolicy) }),
  };
}

type PushSettings = Pick<SubscriptionSettings, 'pushEndpoint' | 'pushAttributes'>;

export function pushSettings(config: WirePushConfig | null | undefined): PushSettings {
  if (!config?.pushEndpoint) return { pushEndpoint: '', pushAttributes: undefined };
  refuseOptions(config, refusedPushOptions);
  const { pushEndpoint, attributes = {} } = config;
  const [unknown] = Object.keys(attributes ?? {}).filter(key => key !== formatAttribute);
  if (unknown !== undefined) throw notOffered(`the push attribute "${unknown}"`);
  const format = attributes?.[formatAttribute] ?? 'v1';
  if (!['v1', 'v1beta2'].includes(format)) {
    throw invalidArgument(`Invalid ${formatAttribute}: "${format}". This Pub/Sub pushes in format v1.`);
  }
  parseEndpoint(pushEndpoint);
  return { pushEndpoint, pushAttributes: attributes ?? {} };
}

function checkedFilter(filter: string): string {
  parseFilter(filter);
  return filter;
}

/** The settings as they are shown to callers. */
export function wireSubscription(
  settings: SubscriptionSettings,
  topicRetentionMs?: number,
): WireSubscription {
  const { retryPolicy, deadLetterPolicy } = settings;
  return {
    name: settings.name,
    topic: settings.topic,
    labels: { ...settings.labels },
    ackDeadlineSeconds: settings.ackDeadlineMs / second,
    messageRetentionDuration: toDuration(settings.retentionMs),
    // Without a ttl it says: never expires.
    expirationPolicy:
      settings.expiresAfterMs === undefined ? {} : { ttl: toDuration(settings.expiresAfterMs) },
    pushConfig:
      settings.pushEndpoint === ''
        ? {}
        : { pushEndpoint: settings.pushEndpoint, attributes: { ...settings.pushAttributes } },
    filter: settings.filter ?? '',
    enableMessageOrdering: settings.keepsOrder === true,
    enableExactlyOnceDelivery: settings.exactlyOnce === true,
    retainAckedMessages: settings.retainsAcked === true,
    detached: settings.isDetached === true,
    retryPolicy: retryPolicy && {
      minimumBackoff: toDuration(retryPolicy.minimumBackoffMs),
      maximumBackoff: toDuration(retryPolicy.maximumBackoffMs),
    },
    deadLetterPolicy: deadLetterPolicy && {
      deadLetterTopic: deadLetterPolicy.topic,
      maxDeliveryAttempts: deadLetterPolicy.maxDeliveryAttempts,
    },
    ...(topicRetentionMs !== undefined && { topicMessageRetentionDuration: toDuration(topicRetentionMs) }),
    state: wire.Subscription.State.ACTIVE,
  };
}

function ackDeadlineMs(requested: number | null | undefined): number {
  const seconds = requested || ackDeadline.fallback;
  if (seconds >= ackDeadline.min && seconds <= ackDeadline.max) return seconds * second;
  throw invalidArgument(
    `Invalid ack_deadline_seconds: ${seconds}. Choose from ${ackDeadline.min} to ${ackDeadline.max}.`,
  );
}

function parseRetryPolicy(policy: google.pubsub.v1.IRetryPolicy): RetryPolicy {
  const { minimumBackoff: minimum, maximumBackoff: maximum } = policy;
  const minimumBackoffMs = durationWithin('minimum_backoff', minimum, { ...backoff, fallback: 10 * second });
  const maximumBackoffMs = durationWithin('maximum_backoff', maximum, { ...backoff, fallback: 600 * second });
  if (minimumBackoffMs <= maximumBackoffMs) return { minimumBackoffMs, maximumBackoffMs };
  throw invalidArgument('Invalid retry_policy: minimum_backoff is longer than maximum_backoff. Swap them.');
}

function parseDeadLetterPolicy(policy: google.pubsub.v1.IDeadLetterPolicy): DeadLetterPolicy {
  const topic = policy.deadLetterTopic ?? '';
  checkResourceName('topic', topic);
  const maxDeliveryAttempts = policy.maxDeliveryAttempts || deliveryAttempts.fallback;
  if (maxDeliveryAttempts >= deliveryAttempts.min && maxDeliveryAttempts <= deliveryAttempts.max) {
    return { topic, maxDeliveryAttempts };
  }
  throw invalidArgument(
    `Invalid max_delivery_attempts: ${maxDeliveryAttempts}. Choose from ${deliveryAttempts.min} to ${deliveryAttempts.max}.`,
  );
}

/** What UpdateSubscription may change. */
export const updatableFields: Updatable<WireSubscription> = {
  labels: 'labels',
  push_config: 'pushConfig',
  ack_deadline_seconds: 'ackDeadlineSeconds',
  message_retention_duration: 'messageRetentionDuration',
  retry_policy: 'retryPolicy',
  dead_letter_policy: 'deadLetterPolicy',
  expiration_policy: 'expirationPolicy',
  retain_acked_messages: 'retainAckedMessages',
  enable_exactly_once_delivery: 'enableExactlyOnceDelivery',
};
