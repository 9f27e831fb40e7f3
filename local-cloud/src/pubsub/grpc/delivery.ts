import { type Methods, serializer } from '../../rpc/methods.ts';
import type { Broker } from '../broker/broker.ts';
import type { Clock } from '../clock.ts';
import { invalidArgument } from '../errors.ts';
import type { Journal } from '../journal/record.ts';
import { ackIdsRefused } from './ack-refusal.ts';
import { emptyMessage, wire } from './protocol.ts';
import { pull } from './pull.ts';
import { type StreamingPullCall, streamingPull } from './streaming-pull.ts';
import { subscriptionNamed } from './subscription-named.ts';

const path = (method: string) => `/google.pubsub.v1.Subscriber/${method}`;
const longestAckDeadlineSeconds = 600;

export interface SubscriberContext {
  readonly broker: Broker;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** Answers the methods by which messages come and are settled. */
export function registerDelivery(methods: Methods, context: SubscriberContext): void {
  registerPulls(methods, context);
  registerSettlement(methods, context);
}

function registerPulls(methods: Methods, context: SubscriberContext): void {
  const { broker, clock } = context;
  methods.register({
    path: path('Pull'),
    request: wire.PullRequest,
    response: wire.PullResponse,
    handle: (request, cancelled) =>
      pull(subscriptionNamed(broker, request.subscription), request, { clock, cancelled }),
  });

  methods.grpc.register(
    path('StreamingPull'),
    (call: StreamingPullCall) => streamingPull(call, context),
    serializer(wire.StreamingPullResponse),
    bytes => wire.StreamingPullRequest.decode(bytes),
    'bidi',
  );
}

function registerSettlement(methods: Methods, { broker, journal }: SubscriberContext): void {
  methods.register({
    path: path('Acknowledge'),
    request: wire.AcknowledgeRequest,
    response: emptyMessage,
    async handle({ subscription, ackIds }) {
      checkAckIds(ackIds);
      const refused = subscriptionNamed(broker, subscription).acknowledge(ackIds);
      await journal.written();
      if (refused.length > 0) throw ackIdsRefused(refused);
      return {};
    },
  });

  methods.register({
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
      const refused = subscriptionNamed(broker, subscription).modifyAckDeadline(ackIds, seconds * 1000);
      if (refused.length > 0) throw ackIdsRefused(refused);
      return {};
    },
  });
}

function checkAckIds(ackIds: readonly string[]): void {
  if (ackIds.length === 0)
    throw invalidArgument('The request has no ack_ids. Pass those of received messages.');
}
