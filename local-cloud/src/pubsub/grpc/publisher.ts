import { applyFieldMask } from '../../rpc/field-mask.ts';
import type { Methods } from '../../rpc/methods.ts';
import { pageOf } from '../../rpc/page.ts';
import type { Broker } from '../broker/broker.ts';
import { checkLimits } from '../broker/message-limits.ts';
import type { TopicSettings } from '../broker/settings.ts';
import type { Topic } from '../broker/topic.ts';
import type { Journal } from '../journal/record.ts';
import { checkResourceName, deletedSchema, projectOf } from '../resource-names.ts';
import { emptyMessage, wire } from './protocol.ts';
import { newMessage, topicSettings, updatableTopicFields, wireTopic } from './topic-messages.ts';

const path = (method: string) => `/google.pubsub.v1.Publisher/${method}`;
const nameOfTopic = (topic: Topic) => topic.settings.name;

function topicNamed(broker: Broker, name: string): Topic {
  checkResourceName('topic', name);
  return broker.topic(name);
}

/** What messages are to be held to must be there. */
function checkSchema(broker: Broker, { schema }: TopicSettings): void {
  if (schema !== undefined && schema.name !== deletedSchema) broker.schemas.get(schema.name);
}

/** Answers google.pubsub.v1.Publisher; methods that are not registered answer UNIMPLEMENTED. */
export function registerPublisher(methods: Methods, broker: Broker, journal: Journal): void {
  registerTopicChanges(methods, broker, journal);
  registerTopicLists(methods, broker);

  methods.register({
    path: path('Publish'),
    request: wire.PublishRequest,
    response: wire.PublishResponse,
    async handle({ topic, messages }) {
      topicNamed(broker, topic);
      const published = messages.map(newMessage);
      checkLimits(published);
      const messageIds = [...broker.publish(topic, published)];
      await journal.written();
      return { messageIds };
    },
  });
}

function registerTopicChanges(methods: Methods, broker: Broker, journal: Journal): void {
  methods.register({
    path: path('CreateTopic'),
    request: wire.Topic,
    response: wire.Topic,
    async handle(topic) {
      const settings = topicSettings(topic);
      checkSchema(broker, settings);
      broker.createTopic(settings);
      await journal.written();
      return wireTopic(settings);
    },
  });

  methods.register({
    path: path('UpdateTopic'),
    request: wire.UpdateTopicRequest,
    response: wire.Topic,
    async handle({ topic, updateMask }) {
      const present = wireTopic(topicNamed(broker, topic?.name ?? '').settings);
      const merged = applyFieldMask(present, topic ?? {}, updateMask?.paths ?? [], updatableTopicFields);
      const settings = topicSettings(merged);
      checkSchema(broker, settings);
      broker.updateTopic(settings);
      await journal.written();
      return wireTopic(settings);
    },
  });

  methods.register({
    path: path('DetachSubscription'),
    request: wire.DetachSubscriptionRequest,
    response: wire.DetachSubscriptionResponse,
    async handle({ subscription }) {
      checkResourceName('subscription', subscription);
      broker.detachSubscription(subscription);
      await journal.written();
      return {};
    },
  });

  methods.register({
    path: path('DeleteTopic'),
    request: wire.DeleteTopicRequest,
    response: emptyMessage,
    async handle({ topic }) {
      checkResourceName('topic', topic);
      broker.deleteTopic(topic);
      await journal.written();
      return {};
    },
  });
}

function registerTopicLists(methods: Methods, broker: Broker): void {
  methods.register({
    path: path('GetTopic'),
    request: wire.GetTopicRequest,
    response: wire.Topic,
    handle: ({ topic }) => wireTopic(topicNamed(broker, topic).settings),
  });

  methods.register({
    path: path('ListTopics'),
    request: wire.ListTopicsRequest,
    response: wire.ListTopicsResponse,
    handle(request) {
      const topics = broker.topics.filter(topic => projectOf(nameOfTopic(topic)) === request.project);
      const { page, nextPageToken } = pageOf(topics, nameOfTopic, request);
      return { topics: page.map(topic => wireTopic(topic.settings)), nextPageToken };
    },
  });

  methods.register({
    path: path('ListTopicSubscriptions'),
    request: wire.ListTopicSubscriptionsRequest,
    response: wire.ListTopicSubscriptionsResponse,
    handle(request) {
      const names = Array.from(
        topicNamed(broker, request.topic).subscriptions,
        ({ settings }) => settings.name,
      );
      const { page, nextPageToken } = pageOf(names, name => name, request);
      return { subscriptions: page, nextPageToken };
    },
  });

  methods.register({
    path: path('ListTopicSnapshots'),
    request: wire.ListTopicSnapshotsRequest,
    response: wire.ListTopicSnapshotsResponse,
    handle(request) {
      const { name } = topicNamed(broker, request.topic).settings;
      const ofTopic = broker.snapshots.filter(({ settings }) => settings.topic === name);
      const { page, nextPageToken } = pageOf(ofTopic, ({ settings }) => settings.name, request);
      return { snapshots: page.map(({ settings }) => settings.name), nextPageToken };
    },
  });
}
