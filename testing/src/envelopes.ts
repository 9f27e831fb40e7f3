import type { IncomingHttpHeaders } from 'node:http';

/** What a publisher gave to Pub/Sub, and what Pub/Sub added. */
export interface Pushed {
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageId: string;
  readonly publishTime: Date;
  readonly deliveryAttempt?: number;
}

export interface Envelope {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

const subscription = 'projects/test/subscriptions/test';
const source = '//pubsub.googleapis.com/projects/test/topics/test';
const type = 'google.cloud.pubsub.topic.v1.messagePublished';

/** A CloudEvent in binary mode: what Eventarc sends. */
function eventarc(pushed: Pushed): Envelope {
  return {
    headers: {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': pushed.messageId,
      'ce-source': source,
      'ce-type': type,
      'ce-time': pushed.publishTime.toISOString(),
      ...traceHeader(pushed),
    },
    body: bodyOf(pushed),
  };
}

/** What a push subscription without any wrapping sends. Google writes both spellings of the names. */
function plainPush(pushed: Pushed): Envelope {
  return { headers: { 'content-type': 'application/json', ...traceHeader(pushed) }, body: bodyOf(pushed) };
}

/** A CloudEvent in structured mode, in which the message need not repeat what the event says. */
function structured({ data, attributes, messageId, publishTime }: Pushed): Envelope {
  return {
    headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    body: {
      specversion: '1.0',
      id: messageId,
      source,
      type,
      time: publishTime.toISOString(),
      datacontenttype: 'application/json',
      data: {
        subscription,
        message: {
          '@type': 'type.googleapis.com/google.pubsub.v1.PubsubMessage',
          attributes,
          data: data.toString('base64'),
        },
      },
    },
  };
}

/** Every form in which a message can reach a function. */
export const envelopes = { eventarc, plainPush, structured } as const;

function bodyOf({ data, attributes, messageId, publishTime, deliveryAttempt }: Pushed) {
  const time = publishTime.toISOString();
  return {
    message: {
      // Pub/Sub leaves empty fields out.
      ...(data.length > 0 && { data: data.toString('base64') }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
      messageId,
      message_id: messageId,
      publishTime: time,
      publish_time: time,
    },
    subscription,
    ...(deliveryAttempt !== undefined && { deliveryAttempt }),
  };
}

function traceHeader({ attributes: { traceparent } }: Pushed): IncomingHttpHeaders {
  return traceparent === undefined ? {} : { traceparent };
}
