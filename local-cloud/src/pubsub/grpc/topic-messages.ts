import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Updatable } from '../../rpc/field-mask.ts';
import { refuseOptions } from '../../rpc/refused-options.ts';
import type { NewMessage } from '../broker/message.ts';
import type { TopicSettings } from '../broker/settings.ts';
import { checkResourceName } from '../resource-names.ts';
import { wire } from './protocol.ts';
import { durationWithin, toDuration } from './time.ts';

type WireTopic = google.pubsub.v1.ITopic;

const refused = {
  messageStoragePolicy: 'storage regions (message_storage_policy)',
  kmsKeyName: 'encryption keys (kms_key_name)',
  schemaSettings: 'schemas (schema_settings)',
  ingestionDataSourceSettings: 'ingestion from other systems (ingestion_data_source_settings)',
  messageTransforms: 'message transforms (message_transforms)',
  tags: 'resource tags (tags)',
} satisfies Partial<Record<keyof WireTopic, string>>;

const day = 24 * 60 * 60 * 1000;
const retention = { min: 10 * 60 * 1000, max: 31 * day, fallback: 7 * day };

/** What UpdateTopic may change. */
export const updatableTopicFields: Updatable<WireTopic> = {
  labels: 'labels',
  message_retention_duration: 'messageRetentionDuration',
};

export function topicSettings(topic: WireTopic): TopicSettings {
  const name = topic.name ?? '';
  checkResourceName('topic', name);
  refuseOptions(topic, refused);
  const { labels, messageRetentionDuration: kept } = topic;
  return {
    name,
    labels: labels ?? {},
    ...(kept && { retentionMs: durationWithin('message_retention_duration', kept, retention) }),
  };
}

export function newMessage(message: google.pubsub.v1.IPubsubMessage): NewMessage {
  // A copy: the bytes as they arrive are a view into the whole request, which would stay in memory with them.
  const data = Buffer.from(message.data ?? '');
  return { data, attributes: message.attributes ?? {}, orderingKey: message.orderingKey ?? '' };
}

export function wireTopic({ name, labels, retentionMs }: TopicSettings): WireTopic {
  return {
    name,
    labels: { ...labels },
    ...(retentionMs !== undefined && { messageRetentionDuration: toDuration(retentionMs) }),
    state: wire.Topic.State.ACTIVE,
  };
}
