import type { IncomingHttpHeaders } from 'node:http';
import { deadLetterTopic, type Topic } from '../contract/topics.ts';
import { classify, describe, PermanentError } from '../errors.ts';
import { attributesOf, timeOf } from '../pubsub/attributes.ts';
import { deadLetterAttributes } from '../pubsub/dead-letter.ts';
import { decodeData, type ReceivedMessage, readEnvelope } from '../pubsub/envelope.ts';
import { continueTrace, type Trace } from '../trace.ts';
import type { EventFunction, Facts, Uses } from './definition.ts';
import type { Instance } from './instance.ts';

/** `done` and `refused` are acknowledged, the latter after it reached `dead-letter`; `again` is delivered again. */
export type Outcome = 'done' | 'again' | 'refused';

/** Takes one request from Pub/Sub through decoding, handling and dead-lettering, and says how it ended. */
export function createDelivery<Message, Used extends Uses, Published extends Topic<unknown>>(
  definition: EventFunction<Message, Used, Published>,
  instance: Instance<Used>,
): (body: unknown, headers: IncomingHttpHeaders) => Promise<Outcome> {
  return async (body, headers) => {
    const received = readEnvelope(body, headers);
    const work = new Work(definition, instance, received);
    try {
      return work.end('done', await work.handle());
    } catch (error) {
      return work.fail(error);
    }
  };
}

/** The handling of one delivery of one message. */
class Work<Message, Used extends Uses, Published extends Topic<unknown>> {
  readonly #definition: EventFunction<Message, Used, Published>;
  readonly #instance: Instance<Used>;
  readonly #received: ReceivedMessage;
  readonly #trace: Trace;
  readonly #startedAt = performance.now();
  #correlationId: string;

  constructor(
    definition: EventFunction<Message, Used, Published>,
    instance: Instance<Used>,
    received: ReceivedMessage,
  ) {
    const { attributes } = received;
    this.#definition = definition;
    this.#instance = instance;
    this.#received = received;
    this.#trace = continueTrace(attributes.traceparent, attributes.googclient_traceparent);
    this.#correlationId = attributes.correlation_id ?? received.id;
  }

  async handle(): Promise<Facts> {
    const { id, attributes, publishTime, data } = this.#received;
    const message = decodeData(data, this.#definition.on.schema);
    this.#correlationId = correlationOf(message) ?? this.#correlationId;
    return this.#definition.handle(message, {
      ...(await this.#instance.clients()),
      id,
      time: timeOf(attributes, publishTime),
      log: this.#instance.log.child({ correlation_id: this.#correlationId }),
      publish: (topic, content) => this.#publish(topic.name, content),
      refuse: (part, reason) => this.#deadLetter(Buffer.from(JSON.stringify(part)), reason),
    });
  }

  async fail(error: unknown): Promise<Outcome> {
    const reason = this.#asPermanent(error);
    if (!reason) return this.end('again', { reason: describe(error) });
    try {
      await this.#deadLetter(this.#received.data, reason);
      return this.end('refused', { reason: reason.message, field: reason.field ?? null });
    } catch (cause) {
      return this.end('again', {
        reason: `${reason.message}; and ${deadLetterTopic} did not take it: ${describe(cause)}`,
      });
    }
  }

  end(outcome: Outcome, facts: Facts): Outcome {
    const { id, attempt, publishTime } = this.#received;
    const { log } = this.#instance;
    const line = {
      outcome,
      event_id: id,
      correlation_id: this.#correlationId,
      trace_id: this.#trace.traceId,
      attempt,
      ms: Math.round((performance.now() - this.#startedAt) * 100) / 100,
      age_ms: Date.now() - publishTime.getTime(),
      ...facts,
    };
    if (outcome === 'done') log.info(line, 'done');
    else log.warn(line, outcome === 'again' ? 'to be delivered again' : 'refused');
    return outcome;
  }

  /** A failure that would pass circles only as long as the age limit allows; a backlog that is merely old does not. */
  #asPermanent(error: unknown): PermanentError | undefined {
    if (error instanceof PermanentError) return error;
    const reason = describe(error);
    if (classify(error) === 'permanent') return new PermanentError(reason, { cause: error });
    const age = Date.now() - this.#received.publishTime.getTime();
    if (age <= this.#instance.maxEventAgeMs) return undefined;
    return new PermanentError(`Given up after ${Math.round(age / 1000)} s: ${reason}`, { cause: error });
  }

  async #publish(topic: string, content: unknown): Promise<void> {
    const target = this.#instance.topicOverride ?? topic;
    await this.#send(target, Buffer.from(JSON.stringify(content)), this.#ownAttributes(target));
  }

  async #deadLetter(data: Buffer, reason: PermanentError): Promise<void> {
    const attributes = deadLetterAttributes(this.#received, this.#definition, reason);
    await this.#send(deadLetterTopic, data, { correlation_id: this.#correlationId, ...attributes });
  }

  #ownAttributes(topic: string): Record<string, string> {
    const functionName = this.#definition.name;
    return attributesOf({ functionName, topic, trace: this.#trace, correlationId: this.#correlationId });
  }

  async #send(topic: string, data: Buffer, attributes: Record<string, string>): Promise<void> {
    const publisher = await this.#instance.publisher();
    await publisher.send(topic, data, attributes);
  }
}

/** A batch's id runs through all its messages; a model's job has its own. */
function correlationOf(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const id: unknown = Reflect.get(message, 'batch_id') ?? Reflect.get(message, 'job_id');
  return typeof id === 'string' ? id : undefined;
}
