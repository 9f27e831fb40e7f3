import type { Server } from '@grpc/grpc-js';
import type { Broker } from '../broker/broker.ts';
import { checkLimits } from '../broker/message-limits.ts';
import type { Topic } from '../broker/topic.ts';
import type { Journal } from '../journal/record.ts';
import { projectOf } from '../resource-names.ts';
import { applyFieldMask } from './field-mask.ts';
import { pageOf } from './page.ts';
import { emptyMessage, wire } from './protocol.ts';
import { newMessage, topicSettings, wireTopic } from './topic-messages.ts';
import { registerUnary } from './unary.ts';

const path = (method: string) => `/google.pubsub.v1.Publisher/${method}`;
const nameOfTopic = (topic: Topic) => topic.settings.name;

/** Answers google.pubsub.v1.Publisher; methods that are not registered answer UNIMPLEMENTED. */
export function registerPublisher(server: Server, broker: Broker, journal: Journal): void {
  registerTopicChanges(server, broker, journal);
  registerTopicLists(server, broker);

  registerUnary(server, {
    path: path('Publish'),
    request: wire.PublishRequest,
    response: wire.PublishResponse,
    async handle({ topic, messages }) {
      broker.topic(topic);
      const published = messages.map(newMessage);
      checkLimits(published);
      const messageIds = [...broker.publish(topic, published)];
      await journal.written();
      return { messageIds };
    },
  });
}

function registerTopicChanges(server: Server, broker: Broker, journal: Journal): void {
  registerUnary(server, {
    path: path('CreateTopic'),
    request: wire.Topic,
    response: wire.Topic,
    async handle(topic) {
      const settings = topicSettings(topic);
      broker.createTopic(settings);
      await journal.written();
      return wireTopic(settings);
    },
  });

  registerUnary(server, {
    path: path('UpdateTopic'),
    request: wire.UpdateTopicRequest,
    response: wire.Topic,
    async handle({ topic, updateMask }) {
      const present = wireTopic(broker.topic(topic?.name ?? '').settings);
      const merged = applyFieldMask(present, topic ?? {}, updateMask?.paths ?? [], { labels: 'labels' });
      const settings = topicSettings(merged);
      broker.updateTopic(settings);
      await journal.written();
      return wireTopic(settings);
    },
  });

  registerUnary(server, {
    path: path('DeleteTopic'),
    request: wire.DeleteTopicRequest,
    response: emptyMessage,
    async handle({ topic }) {
      broker.deleteTopic(topic);
      await journal.written();
      return {};
    },
  });
}

function registerTopicLists(server: Server, broker: Broker): void {
  registerUnary(server, {
    path: path('GetTopic'),
    request: wire.GetTopicRequest,
    response: wire.Topic,
    handle: ({ topic }) => wireTopic(broker.topic(topic).settings),
  });

  registerUnary(server, {
    path: path('ListTopics'),
    request: wire.ListTopicsRequest,
    response: wire.ListTopicsResponse,
    handle(request) {
      const topics = broker.topics.filter(topic => projectOf(nameOfTopic(topic)) === request.project);
      const { page, nextPageToken } = pageOf(topics, nameOfTopic, request);
      return { topics: page.map(topic => wireTopic(topic.settings)), nextPageToken };
    },
  });

  registerUnary(server, {
    path: path('ListTopicSubscriptions'),
    request: wire.ListTopicSubscriptionsRequest,
    response: wire.ListTopicSubscriptionsResponse,
    handle(request) {
      const names = Array.from(broker.topic(request.topic).subscriptions, ({ settings }) => settings.name);
      const { page, nextPageToken } = pageOf(names, name => name, request);
      return { subscriptions: page, nextPageToken };
    },
  });
}
