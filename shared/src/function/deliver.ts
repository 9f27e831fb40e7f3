import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { classify, describe, type Failure, PermanentError, TransientError } from '../base/errors.ts';
import { type Facts, type Logger, secondsSince, traceFields } from '../base/log.ts';
import { readTraceparent } from '../base/trace.ts';
import { messageBounds } from '../contract/bounds.ts';
import { deadLetterTopic, type Topic } from '../contract/topics.ts';
import { type Correlation, correlationOf, firstPublished } from '../pubsub/correlation.ts';
import { declarationAttributes, isOfDeclaration, translatorOf } from '../pubsub/declared.ts';
import { decodeData, type ReceivedMessage, readEnvelope } from '../pubsub/envelope.ts';
import { refusalAttributes } from '../pubsub/refusal.ts';
import { isOurs } from '../pubsub/signed-messages.ts';
import { processSpan, spanFacts } from '../telemetry/spans.ts';
import type { Span } from '../telemetry/tracer.ts';
import type { EventFunction, Reads, Uses } from './definition.ts';
import type { Instance } from './instance.ts';
import { isBatch, linkAll, Outbox } from './outbox.ts';

/** A message that failed for good is acknowledged like one that is done, but only when `dead-letter` has it. */
export type Outcome = 'done' | Failure;

/** Takes one request from Pub/Sub through decoding, handling and dead-lettering, and says how it ended. */
export function createDelivery<
  Message,
  Used extends Uses,
  Published extends Topic<unknown>,
  Read extends Reads,
>(
  definition: EventFunction<Message, Used, Published, Read>,
  instance: Instance<Used, Read>,
): (body: unknown, headers: IncomingHttpHeaders) => Promise<Outcome> {
  const outbox = new Outbox(definition.name, instance);
  return async (body, headers) => {
    const received = readEnvelope(body, headers);
    const tracer = await instance.tracer();
    const { traceparent, googclient_traceparent } = received.attributes;
    const parent = readTraceparent(traceparent, googclient_traceparent);
    const span = tracer.start(processSpan(definition.on.name, received), parent);
    const outcome = await new Attempt({ definition, instance, outbox, received, span }).run();
    await tracer.beforeAnswer();
    return outcome;
  };
}

interface AttemptParts<Message, Used extends Uses, Published extends Topic<unknown>, Read extends Reads> {
  readonly definition: EventFunction<Message, Used, Published, Read>;
  readonly instance: Instance<Used, Read>;
  readonly outbox: Outbox;
  readonly received: ReceivedMessage;
  readonly span: Span;
}

/** The handling of one delivery of one message. */
class Attempt<Message, Used extends Uses, Published extends Topic<unknown>, Read extends Reads> {
  readonly #definition: EventFunction<Message, Used, Published, Read>;
  readonly #instance: Instance<Used, Read>;
  readonly #outbox: Outbox;
  readonly #received: ReceivedMessage;
  readonly #span: Span;
  /** The batches that share the message, where it is more than one. */
  #batchIds: readonly string[] | undefined;
  readonly #startedAt = performance.now();
  readonly #ageSeconds: number;
  #correlation: Correlation;

  constructor({
    definition,
    instance,
    outbox,
    received,
    span,
  }: AttemptParts<Message, Used, Published, Read>) {
    this.#definition = definition;
    this.#instance = instance;
    this.#outbox = outbox;
    this.#received = received;
    this.#span = span;
    this.#ageSeconds = (Date.now() - received.publishTime.getTime()) / 1000;
    this.#correlation = correlationOf(undefined, received);
  }

  async run(): Promise<Outcome> {
    try {
      return this.#end('done', await this.#handle());
    } catch (error) {
      return this.#fail(error);
    }
  }

  async #handle(): Promise<Facts> {
    const { id, attributes, publishTime, attempt } = this.#received;
    // Most topics ask for none, and each wait costs a small message more than its values do.
    const ours = !this.#definition.on.signed || (await this.#isOurs());
    const message = await this.#decode();
    this.#correlation = correlationOf(message, this.#received);
    if (isBatch(message) && message.batches) {
      this.#batchIds = message.batches.map(({ batch_id }) => batch_id);
      linkAll(this.#span, message);
    }
    const child = (): Logger => this.#instance.log.child(this.#logFields());
    return this.#definition.handle(message, {
      ...(await this.#instance.clients()),
      ...this.#instance.settings,
      id,
      time: firstPublished(attributes, publishTime),
      attempt,
      ours,
      dataSet: this.#instance.dataSet,
      // Made only for those who ask for it: most have nothing to say.
      get log() {
        return child();
      },
      trace: this.#span.trace,
      linkTo: other => this.#link(other),
      publish: this.#outbox.for({ span: this.#span, correlate: () => this.#correlation }),
      refuse: (part, reason) => this.#refusePart(part, reason),
    });
  }

  async #isOurs(): Promise<boolean> {
    const { messageKeys, takesUnsigned } = this.#instance;
    const { on } = this.#definition;
    const ours = await isOurs(on, this.#received, messageKeys);
    if (ours || takesUnsigned) return ours;
    throw new PermanentError(
      `No program of this deployment has signed it, as messages to ${on.name} must be (UNSIGNED_MESSAGES).`,
    );
  }

  /**
   * An instance of another declaration found what it sent in order. Where this one does not, there is an instance that
   * does, or soon will be: such a message waits for it.
   */
  async #decode(): Promise<Message> {
    const { attributes, data } = this.#received;
    const { dataSet } = this.#instance;
    const schema = this.#definition.on.schema(dataSet);
    const translate = translatorOf(dataSet, attributes);
    if (!translate) return decodeData(data, schema, messageBounds(dataSet));
    try {
      return await decodeData(data, z.preprocess(translate, schema), messageBounds(dataSet));
    } catch (error) {
      throw new TransientError(
        `It was sent by another declaration of ${dataSet.name}, and does not fit the one here: ${describe(error)}`,
        { cause: error },
      );
    }
  }

  async #fail(error: unknown): Promise<Outcome> {
    const reason = this.#reasonToGiveUp(error);
    if (!reason) return this.#end('transient', { reason: describe(error) });
    try {
      await this.#deadLetter(this.#received.data, reason);
      return this.#end('permanent', { reason: reason.message, field: reason.field ?? null });
    } catch (cause) {
      return this.#end('transient', {
        reason: `${reason.message}; and ${deadLetterTopic} did not take it: ${describe(cause)}`,
      });
    }
  }

  #end(outcome: Outcome, facts: Facts): Outcome {
    const { attempt } = this.#received;
    const { log } = this.#instance;
    const line = {
      outcome,
      ...this.#logFields(),
      attempt,
      duration_seconds: secondsSince(this.#startedAt),
      age_seconds: this.#ageSeconds,
      total_seconds: (Date.now() - this.#correlation.since.getTime()) / 1000,
      ...this.#instance.vitals(),
      ...facts,
    };
    if (outcome === 'done') log.info(line, 'done');
    else log.warn(line, outcome === 'transient' ? 'to be delivered again' : 'refused');
    const failure = outcome === 'done' ? undefined : { type: outcome, reason: String(facts.reason) };
    this.#span.end(spanFacts(this.#correlation.id, { outcome, ...facts }), failure);
    return outcome;
  }

  /** What every line about this message is found by. */
  #logFields() {
    return {
      event_id: this.#received.id,
      correlation_id: this.#correlation.id,
      ...(this.#batchIds && { batch_ids: this.#batchIds }),
      ...traceFields(this.#span.trace, this.#instance.projectId),
    };
  }

  #link(traceparent: string | undefined): void {
    const other = readTraceparent(traceparent);
    if (other) this.#span.link(other);
  }

  /** A transient failure is tried again only until the message is too old; one that is merely old is handled. */
  #reasonToGiveUp(error: unknown): PermanentError | undefined {
    if (error instanceof PermanentError) return error;
    const reason = describe(error);
    if (classify(error) === 'permanent') return new PermanentError(reason, { cause: error });
    const age = Date.now() - this.#received.publishTime.getTime();
    if (age <= this.#instance.maxEventAgeMs) return undefined;
    return new PermanentError(`Given up after ${Math.round(age / 1000)} s: ${reason}`, { cause: error });
  }

  /** It has been made one of the declaration here, whichever it came by. */
  #refusePart(part: Message, reason: PermanentError): Promise<void> {
    const attributes = Object.entries(this.#received.attributes).filter(([name]) => !isOfDeclaration(name));
    const own = { ...declarationAttributes(this.#instance.dataSet), ...Object.fromEntries(attributes) };
    return this.#deadLetter(Buffer.from(JSON.stringify(part)), reason, {
      ...this.#received,
      attributes: own,
    });
  }

  async #deadLetter(data: Buffer, reason: PermanentError, received = this.#received): Promise<void> {
    const attributes = refusalAttributes(received, this.#definition, reason);
    const publisher = await this.#instance.publisher();
    await publisher.send(deadLetterTopic, data, { correlation_id: this.#correlation.id, ...attributes });
  }
}
