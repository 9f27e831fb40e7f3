import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Updatable } from '../../rpc/field-mask.ts';
import { refuseOptions } from '../../rpc/refused-options.ts';
import type { NewMessage } from '../broker/message.ts';
import type { StoragePolicy, TopicSchema, TopicSettings } from '../broker/settings.ts';
import { invalidArgument } from '../errors.ts';
import { checkResourceName, deletedSchema } from '../resource-names.ts';
import { wire } from './protocol.ts';
import { durationWithin, toDuration } from './time.ts';

type WireTopic = google.pubsub.v1.ITopic;

const refused = {
  kmsKeyName: 'encryption keys (kms_key_name)',
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
  schema_settings: 'schemaSettings',
  message_storage_policy: 'messageStoragePolicy',
};

export function topicSettings(topic: WireTopic): TopicSettings {
  const name = topic.name ?? '';
  checkResourceName('topic', name);
  refuseOptions(topic, refused);
  const { labels, messageRetentionDuration: kept, schemaSettings, messageStoragePolicy } = topic;
  return {
    name,
    labels: labels ?? {},
    ...(kept && { retentionMs: durationWithin('message_retention_duration', kept, retention) }),
    ...(schemaSettings && { schema: topicSchema(schemaSettings) }),
    ...(messageStoragePolicy && { storagePolicy: storagePolicy(messageStoragePolicy) }),
  };
}

function storagePolicy(policy: google.pubsub.v1.IMessageStoragePolicy): StoragePolicy {
  const regions = policy.allowedPersistenceRegions ?? [];
  if (regions.length === 0) throw invalidArgument('The message_storage_policy names no regions. Name some.');
  return { regions, enforceInTransit: policy.enforceInTransit === true };
}

function topicSchema(settings: google.pubsub.v1.ISchemaSettings): TopicSchema {
  refuseOptions(settings, {
    firstRevisionId: 'revisions of schemas (first_revision_id)',
    lastRevisionId: 'revisions of schemas (last_revision_id)',
  });
  const name = settings.schema ?? '';
  if (name !== deletedSchema) checkResourceName('schema', name);
  return { name, encoding: encodingOf(settings.encoding) };
}

export function encodingOf(encoding: google.pubsub.v1.ISchemaSettings['encoding']): TopicSchema['encoding'] {
  if (encoding === wire.Encoding.JSON) return 'JSON';
  if (encoding === wire.Encoding.BINARY) return 'BINARY';
  throw invalidArgument('A schema needs an encoding. Choose JSON or BINARY.');
}

export function newMessage(message: google.pubsub.v1.IPubsubMessage): NewMessage {
  // A copy: the bytes as they arrive are a view into the whole request, which would stay in memory with them.
  const data = Buffer.from(message.data ?? '');
  return { data, attributes: message.attributes ?? {}, orderingKey: message.orderingKey ?? '' };
}

export function wireTopic(settings: TopicSettings): WireTopic {
  const { name, labels, retentionMs, schema, storagePolicy: policy } = settings;
  return {
    name,
    labels: { ...labels },
    ...(retentionMs !== undefined && { messageRetentionDuration: toDuration(retentionMs) }),
    ...(schema && { schemaSettings: { schema: schema.name, encoding: wire.Encoding[schema.encoding] } }),
    ...(policy && {
      messageStoragePolicy: {
        allowedPersistenceRegions: [...policy.regions],
        enforceInTransit: policy.enforceInTransit,
      },
    }),
    state: wire.Topic.State.ACTIVE,
  };
}
