import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { NewMessage } from '../broker/message.ts';
import type { TopicSettings } from '../broker/settings.ts';
import { checkResourceName } from '../resource-names.ts';
import { refuseOptions } from './refused-options.ts';

type WireTopic = google.pubsub.v1.ITopic;

const refused = {
  messageStoragePolicy: 'storage regions (message_storage_policy)',
  kmsKeyName: 'encryption keys (kms_key_name)',
  schemaSettings: 'schemas (schema_settings)',
  messageRetentionDuration: 'retention by the topic (message_retention_duration)',
  ingestionDataSourceSettings: 'ingestion from other systems (ingestion_data_source_settings)',
  messageTransforms: 'message transforms (message_transforms)',
  tags: 'resource tags (tags)',
} satisfies Partial<Record<keyof WireTopic, string>>;

export function topicSettings(topic: WireTopic): TopicSettings {
  const name = topic.name ?? '';
  checkResourceName('topic', name);
  refuseOptions(topic, refused);
  return { name, labels: topic.labels ?? {} };
}

export function newMessage(message: google.pubsub.v1.IPubsubMessage): NewMessage {
  // A copy: the bytes as they arrive are a view into the whole request, which would stay in memory with them.
  const data = Buffer.from(message.data ?? '');
  return { data, attributes: message.attributes ?? {}, orderingKey: message.orderingKey ?? '' };
}

export function wireTopic({ name, labels }: TopicSettings): WireTopic {
  return { name, labels: { ...labels }, state: 'ACTIVE' };
}
