import type { Server } from '@grpc/grpc-js';
import type { Broker } from '../broker/broker.ts';
import type { Clock } from '../clock.ts';
import { invalidArgument } from '../errors.ts';
import type { Journal } from '../journal/record.ts';
import { emptyMessage, wire } from './protocol.ts';
import { pull } from './pull.ts';
import { type StreamingPullCall, streamingPull } from './streaming-pull.ts';
import { registerUnary, serializer } from './unary.ts';

const path = (method: string) => `/google.pubsub.v1.Subscriber/${method}`;
const longestAckDeadlineSeconds = 600;

export interface SubscriberContext {
  readonly broker: Broker;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Answers the methods by which messages come and are settled. */
export function registerDelivery(server: Server, context: SubscriberContext): void {
  registerPulls(server, context);
  registerSettlement(server, context);
}

function registerPulls(server: Server, { broker, clock }: SubscriberContext): void {
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
