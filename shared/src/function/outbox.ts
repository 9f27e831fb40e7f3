import { classify, describe, TransientError } from '../base/errors.ts';
import { type Gatherer, gather } from '../base/gather.ts';
import { timeOrderedUuid } from '../base/ids.ts';
import { formatTraceparent, readTraceparent } from '../base/trace.ts';
import { type BatchMessage, batchesIn, joinBatches, whatAllShare } from '../contract/joined-batches.ts';
import type { Topic } from '../contract/topics.ts';
import { type Correlation, messageAttributes } from '../pubsub/correlation.ts';
import { declarationAttributes } from '../pubsub/declared.ts';
import { signatureAttribute } from '../pubsub/signed-messages.ts';
import { sendSpan, spanFacts } from '../telemetry/spans.ts';
import type { Span } from '../telemetry/tracer.ts';
import type { Instance } from './instance.ts';

/** The work that a message is published for: the handling of another message, or of a request. */
interface Cause {
  readonly span: Span;
  /** What the message goes back to. */
  correlate(message: unknown): Correlation;
}

type AnyTopic = Pick<Topic<unknown>, 'name' | 'joinable' | 'signed'>;

interface Letter {
  readonly message: unknown;
  readonly work: Span;
  readonly correlation: Correlation;
}

type From = Pick<Instance, 'dataSet' | 'publisher' | 'topicOverride' | 'joinsBatches' | 'messageKeys'>;

/** Nobody notices so few milliseconds, and what comes within them goes together. */
const patienceMs = 5;
/** One message has no more notes than this, so that to deliver it again costs little. */
const maxNotes = 500;
/** With more in hand, whoever comes is told to come again: an answer in time is worth more than a place in a long line. */
const mostInHand = 512;

/**
 * Publishes for a process: each message carries the trace and the correlation of the work that it comes of, and batches
 * of the same few milliseconds travel in one.
 */
export class Outbox {
  readonly #functionName: string;
  readonly #instance: From;
  readonly #gatherers = new Map<string, Gatherer<Letter>>();

  constructor(functionName: string, instance: From) {
    this.#functionName = functionName;
    this.#instance = instance;
  }

  /** Makes the `publish` of a handler. */
  for({ span, correlate }: Cause): (topic: AnyTopic, message: unknown) => Promise<void> {
    return (topic, message) => {
      const letter = { message, work: span, correlation: correlate(message) };
      if (!topic.joinable || !this.#instance.joinsBatches) return this.#send(topic, message, [letter]);
      return this.#join(topic, letter);
    };
  }

  async #join(topic: AnyTopic, letter: Letter): Promise<void> {
    const gatherer = this.#gatherers.get(topic.name) ?? this.#open(topic);
    if (gatherer.inHand >= mostInHand) throw new TransientError('Too much waits to be published.');
    await gatherer.add(letter);
  }

  #open(topic: AnyTopic): Gatherer<Letter> {
    const gatherer = gather<Letter>(letters => this.#sendAll(topic, letters), {
      patienceMs,
      sizeOf: ({ message }) => (isBatch(message) ? message.subjects.length : maxNotes),
      maxSize: maxNotes,
    });
    this.#gatherers.set(topic.name, gatherer);
    return gatherer;
  }

  async #sendAll(topic: AnyTopic, letters: readonly Letter[]): Promise<void> {
    const groups = letters.length === 1 ? [letters] : groupsOf(letters);
    await Promise.all(groups.map(group => this.#send(topic, contentOf(group), group)));
  }

  async #send(topic: AnyTopic, message: unknown, letters: readonly Letter[]): Promise<void> {
    const [first] = letters;
    if (!first) return;
    const name = this.#instance.topicOverride ?? topic.name;
    const data = Buffer.from(JSON.stringify(message));
    const isJoined = isBatch(message) && message.batches !== undefined;
    const correlation = isJoined ? { id: message.batch_id, since: earliest(letters) } : first.correlation;
    const span = first.work.startChild(sendSpan(name, data.length, isJoined ? batchesIn(message).length : 1));
    if (isJoined) linkAll(span, message);
    try {
      const attributes = {
        ...messageAttributes({
          functionName: this.#functionName,
          topic: name,
          trace: span.trace,
          correlation,
        }),
        ...declarationAttributes(this.#instance.dataSet),
        ...(await signatureAttribute(topic, data, this.#instance.messageKeys)),
      };
      const publisher = await this.#instance.publisher();
      const id = await publisher.send(name, data, attributes);
      span.end({ ...spanFacts(correlation.id, {}), 'messaging.message.id': id });
    } catch (error) {
      span.end(spanFacts(correlation.id, {}), { type: classify(error), reason: describe(error) });
      throw error;
    }
  }
}

/** Points from work on a message to the requests that its batches came with. */
export function linkAll(span: Pick<Span, 'link'>, message: BatchMessage): void {
  for (const { traceparent } of message.batches ?? []) {
    const origin = readTraceparent(traceparent);
    if (origin) span.link(origin);
  }
}

export function isBatch(message: unknown): message is BatchMessage {
  return typeof message === 'object' && message !== null && 'batch_id' in message && 'subjects' in message;
}

/** Those that can be one message. */
function groupsOf(letters: readonly Letter[]): readonly (readonly Letter[])[] {
  const groups = new Map<string, Letter[]>();
  for (const letter of letters) {
    const key = isBatch(letter.message) ? whatAllShare(letter.message) : String(groups.size);
    const group = groups.get(key);
    if (group) group.push(letter);
    else groups.set(key, [letter]);
  }
  return [...groups.values()];
}

function contentOf(letters: readonly Letter[]): unknown {
  const [first] = letters;
  if (letters.length === 1) return first?.message;
  const parts = letters.flatMap(({ message, work }) =>
    isBatch(message) ? [{ message, traceparent: formatTraceparent(work.trace) }] : [],
  );
  return joinBatches(timeOrderedUuid(), parts);
}

function earliest(letters: readonly Letter[]): Date {
  return new Date(Math.min(...letters.map(({ correlation }) => correlation.since.getTime())));
}
