import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { toStatus } from '../../rpc/methods.ts';
import type { Broker } from '../broker/broker.ts';
import type { Consumer, Delivery } from '../broker/consumer.ts';
import { sizeOf } from '../broker/message.ts';
import type { Subscription } from '../broker/subscription.ts';
import { invalidArgument, type RpcError } from '../errors.ts';
import type { Journal } from '../journal/record.ts';
import { checkPullable } from './pull.ts';
import { receivedMessage } from './received-message.ts';
import { subscriptionNamed } from './subscription-named.ts';

type Request = google.pubsub.v1.StreamingPullRequest;
type Response = google.pubsub.v1.IStreamingPullResponse;
export type StreamingPullCall = ServerDuplexStream<Request, Response>;

interface StreamContext {
  readonly broker: Broker;
  readonly journal: Journal;
}

const sendAfterMs = 5;
const batchBytes = 1_000_000;
const deadlines = { min: 10, max: 600 };

/** Serves one StreamingPull call until either side ends it. */
export function streamingPull(call: StreamingPullCall, context: StreamContext): void {
  let stream: SubscriberStream | undefined;
  const leave = () => stream?.leave();
  call.on('data', (request: Request) => {
    try {
      if (stream === undefined) stream = openStream(call, context, request);
      stream.accept(request);
    } catch (error) {
      leave();
      call.emit('error', toStatus(error));
    }
  });
  call.on('drain', () => stream?.resume());
  call.on('cancelled', leave);
  call.on('end', () => {
    leave();
    call.end();
  });
}

function openStream(
  call: StreamingPullCall,
  { broker, journal }: StreamContext,
  first: Request,
): SubscriberStream {
  const subscription = subscriptionNamed(broker, first.subscription);
  checkPullable(subscription);
  const stream = new SubscriberStream(call, { subscription, journal }, first);
  stream.setDeadline(first.streamAckDeadlineSeconds);
  stream.greet();
  subscription.addConsumer(stream);
  return stream;
}

/** One subscriber's stream of messages, with its flow control: no more outstanding than the subscriber allows. */
class SubscriberStream implements Consumer {
  ackDeadlineMs = 0;
  readonly #call: StreamingPullCall;
  readonly #subscription: Subscription;
  readonly #journal: Journal;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  #outstandingMessages = 0;
  #outstandingBytes = 0;
  #isOpen = true;
  #mustDrain = false;
  #batch: Delivery[] = [];
  #batchBytes = 0;

  constructor(
    call: StreamingPullCall,
    { subscription, journal }: { readonly subscription: Subscription; readonly journal: Journal },
    { maxOutstandingMessages, maxOutstandingBytes }: Request,
  ) {
    this.#call = call;
    this.#subscription = subscription;
    this.#journal = journal;
    this.#maxMessages = limit(Number(maxOutstandingMessages));
    this.#maxBytes = limit(Number(maxOutstandingBytes));
  }

  greet(): void {
    this.#call.write({ subscriptionProperties: this.#properties });
  }

  /** Acknowledgements and deadlines can come along the stream, too. */
  accept(request: Request): void {
    const { ackIds, modifyDeadlineAckIds, modifyDeadlineSeconds } = request;
    if (modifyDeadlineAckIds.length !== modifyDeadlineSeconds.length) {
      throw invalidArgument(
        'modify_deadline_ack_ids and modify_deadline_seconds differ in length. Send pairs.',
      );
    }
    if (request.streamAckDeadlineSeconds !== 0) this.setDeadline(request.streamAckDeadlineSeconds);
    const refused = {
      acks: ackIds.length > 0 ? this.#subscription.acknowledge(ackIds) : [],
      deadlines: modifyDeadlineAckIds.flatMap((ackId, index) =>
        this.#subscription.modifyAckDeadline([ackId], (modifyDeadlineSeconds[index] ?? 0) * 1000),
      ),
    };
    if (this.#subscription.settings.exactlyOnce) this.#confirm(request, refused);
  }

  setDeadline(seconds: number): void {
    if (seconds < deadlines.min || seconds > deadlines.max) {
      throw invalidArgument(
        `Invalid stream_ack_deadline_seconds: ${seconds}. Choose from ${deadlines.min} to ${deadlines.max}.`,
      );
    }
    this.ackDeadlineMs = seconds * 1000;
  }

  hasRoom(): boolean {
    const isWithinLimits =
      this.#outstandingMessages < this.#maxMessages && this.#outstandingBytes < this.#maxBytes;
    return this.#isOpen && !this.#mustDrain && isWithinLimits;
  }

  deliver(delivery: Delivery): void {
    const bytes = sizeOf(delivery.message);
    this.#outstandingMessages += 1;
    this.#outstandingBytes += bytes;
    if (this.#batch.length === 0) this.#sendSoon();
    this.#batch.push(delivery);
    this.#batchBytes += bytes;
    if (this.#batchBytes >= batchBytes) this.#send();
  }

  released({ message }: Delivery): void {
    this.#outstandingMessages -= 1;
    this.#outstandingBytes -= sizeOf(message);
  }

  ended(reason: RpcError): void {
    this.#isOpen = false;
    this.#call.emit('error', toStatus(reason));
  }

  /** The subscriber has read what was sent. */
  resume(): void {
    this.#mustDrain = false;
    this.#subscription.dispatch();
  }

  leave(): void {
    this.#isOpen = false;
    this.#subscription.removeConsumer(this);
  }

  /**
   * After the message is safe, and a moment later: Google's takes that long, too, and a program that publishes and
   * receives knows by then the id that it was given, and tells the message by it.
   */
  #sendSoon(): void {
    const send = (): void => void setTimeout(() => this.#send(), sendAfterMs);
    // That it could not be written is told to the publisher.
    this.#journal.written().then(send, send);
  }

  #send(): void {
    const deliveries = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    if (!this.#isOpen || deliveries.length === 0) return;
    const receivedMessages = deliveries.map(delivery => receivedMessage(delivery, this.#subscription));
    this.#mustDrain = !this.#call.write({ receivedMessages, subscriptionProperties: this.#properties });
  }

  /** Clients learn from these how they have to behave; they are told at once, not with the first message. */
  get #properties(): google.pubsub.v1.StreamingPullResponse.ISubscriptionProperties {
    const { exactlyOnce = false, keepsOrder = false } = this.#subscription.settings;
    return { exactlyOnceDeliveryEnabled: exactlyOnce, messageOrderingEnabled: keepsOrder };
  }

  #confirm(request: Request, refused: { acks: readonly string[]; deadlines: readonly string[] }): void {
    const { ackIds, modifyDeadlineAckIds } = request;
    if (ackIds.length === 0 && modifyDeadlineAckIds.length === 0) return;
    this.#call.write({
      acknowledgeConfirmation: splitUp(ackIds, refused.acks),
      modifyAckDeadlineConfirmation: splitUp(modifyDeadlineAckIds, refused.deadlines),
    });
  }
}

function splitUp(ackIds: readonly string[], refused: readonly string[]) {
  return { ackIds: ackIds.filter(ackId => !refused.includes(ackId)), invalidAckIds: [...refused] };
}

/** Zero and less mean: no limit. */
function limit(value: number): number {
  return value > 0 ? value : Number.POSITIVE_INFINITY;
}
