import { randomUUID } from 'node:crypto';
import type { DataSet } from '@banknote-loop/shared';
import { deadLetterTopic, type Topic } from '@banknote-loop/shared/contract';
import {
  type Clients,
  createDelivery,
  type EventFunction,
  type Outcome,
  type Reads,
  type SettingsOf,
  startInstance,
  type Uses,
} from '@banknote-loop/shared/function';

import type { Publisher } from '@banknote-loop/shared/pubsub';
import { banknotes } from './data-sets.ts';
import { type Envelope, envelopes, type Pushed } from './envelopes.ts';

export interface Published {
  readonly topic: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: unknown;
}

export interface Delivered {
  readonly outcome: Outcome;
  readonly published: readonly Published[];
  readonly deadLetters: readonly Published[];
}

export interface DeliveryOptions extends Partial<Omit<Pushed, 'data'>> {
  readonly envelope?: (pushed: Pushed) => Envelope;
  /** What happens when the function publishes; nothing goes wrong by default. */
  readonly onPublish?: (topic: string) => void;
  /** Whose items the message is about; banknotes, if nothing else is said. */
  readonly dataSet?: DataSet;
  /** Variables of the environment, beside those that every function needs. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Takes a message to a function the whole way, from the request that Pub/Sub sends to the answer that it gets. Only
 * the end of the wire is a test's own: what the function publishes is recorded. A Buffer goes as it is.
 */
export async function deliver<Message, Used extends Uses, Sent extends Topic<unknown>, Read extends Reads>(
  definition: EventFunction<Message, Used, Sent, Read>,
  context: Clients<Used> & SettingsOf<Read>,
  message: unknown,
  options: DeliveryOptions = {},
): Promise<Delivered> {
  const { envelope = envelopes.eventarc, environment } = options;
  const recorder = new Recorder(options.onPublish);
  const { name, publishes } = definition;
  const handle = createDelivery(definition, {
    ...startInstance(
      { name, publishes, uses: {} },
      { PROJECT_ID: 'test', LOG_LEVEL: 'silent', ...environment },
      options.dataSet ?? banknotes,
    ),
    publisher: async () => recorder,
    clients: async () => context,
    settings: context,
  });
  const { body, headers } = envelope({
    data: Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message)),
    attributes: options.attributes ?? {},
    messageId: options.messageId ?? randomUUID(),
    publishTime: options.publishTime ?? new Date(),
    deliveryAttempt: options.deliveryAttempt ?? 1,
  });
  const outcome = await handle(body, headers);
  const isDeadLetter = ({ topic }: Published): boolean => topic === deadLetterTopic;
  return {
    outcome,
    published: recorder.sent.filter(one => !isDeadLetter(one)),
    deadLetters: recorder.sent.filter(isDeadLetter),
  };
}

class Recorder implements Publisher {
  readonly sent: Published[] = [];
  readonly #onPublish: ((topic: string) => void) | undefined;

  constructor(onPublish?: (topic: string) => void) {
    this.#onPublish = onPublish;
  }

  async send(topic: string, data: Buffer, attributes: Readonly<Record<string, string>>): Promise<string> {
    this.#onPublish?.(topic);
    this.sent.push({ topic, attributes, content: contentOf(data) });
    return String(this.sent.length);
  }

  async close(): Promise<void> {}
}

/** A refused message need not be JSON. */
function contentOf(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return data;
  }
}

/** The reason for which the work fails, which it must. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}
