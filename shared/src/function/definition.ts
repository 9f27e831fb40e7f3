import type { PermanentError } from '../base/errors.ts';
import type { Facts, Logger } from '../base/log.ts';
import type { Trace } from '../base/trace.ts';
import type { Topic } from '../contract/topics.ts';
import type { Resource } from '../resources/resource.ts';

export type Uses = Readonly<Record<string, Resource>>;

/** The opened clients, under the names that the definition gave them. */
export type Clients<Used extends Uses> = {
  readonly [Name in keyof Used]: Used[Name] extends Resource<infer Client, infer _Settings> ? Client : never;
};

type MessageOf<T> = T extends Topic<infer Message> ? Message : never;

/** Publishes to a topic that the definition names under `publishes`; resolves when Pub/Sub has accepted the message. */
export type Publish<Published extends Topic<unknown>> = <T extends Published>(
  topic: T,
  message: MessageOf<T>,
) => Promise<void>;

/** What comes with each message. */
export interface Delivery<Message, Published extends Topic<unknown>> {
  readonly id: string;
  /** When the message was first published; the same in every redelivery, and when it is replayed. */
  readonly time: Date;
  readonly log: Logger;
  /** Where this work stands in its trace, for work that comes later to point at. */
  readonly trace: Trace;
  /** Points from this work to other work that it was merged with, by that work's `traceparent`. */
  readonly linkTo: (traceparent: string | undefined) => void;
  readonly publish: Publish<Published>;
  /** Sends one part of the message to `dead-letter`, so that what is wrong with it does not lose its neighbours. */
  readonly refuse: (part: Message, reason: PermanentError) => Promise<void>;
}

/** What an instance gets when it is deployed. */
export interface Needs {
  readonly memory: `${number}Mi`;
  readonly cpu: number;
  /** Messages or requests that one instance works on at a time. */
  readonly concurrency: number;
  readonly maxInstances: number;
  readonly timeoutSeconds: number;
}

export const defaultNeeds: Needs = {
  memory: '256Mi',
  cpu: 1,
  concurrency: 80,
  maxInstances: 5,
  timeoutSeconds: 60,
};

/** What every function says of itself, whoever triggers it. */
export interface Definition<Used extends Uses, Published extends Topic<unknown>> {
  readonly name: string;
  readonly summary: string;
  readonly publishes: readonly Published[];
  readonly uses: Used;
  readonly needs: Needs;
  /** Packages that are installed beside the function where they can be, and done without where not. */
  readonly optionalPackages: readonly string[];
}

export interface EventFunction<
  Message = unknown,
  Used extends Uses = Uses,
  Published extends Topic<unknown> = Topic<unknown>,
> extends Definition<Used, Published> {
  readonly kind: 'event';
  readonly on: Topic<Message>;
  handle(message: Message, given: Clients<Used> & Delivery<Message, Published>): Promise<Facts>;
}

/** A definition as it is written: what most functions have alike may be left out. */
export type Written<T, Key extends keyof T> = Omit<T, Key | 'kind' | 'needs' | 'optionalPackages'> &
  Partial<Pick<T, Key>> & {
    readonly needs?: Partial<Needs>;
    readonly optionalPackages?: readonly string[];
  };

/**
 * Defines a function that one topic triggers. The definition is plain data and a handler: reading it opens nothing,
 * so the runner, the deployment and the docs can all read it. `handle` returns when the message is done and throws
 * when it is not: a PermanentError is for ever, any other error means "again later".
 */
export function defineFunction<
  Message,
  Used extends Uses = Record<never, never>,
  Published extends Topic<unknown> = never,
>(
  definition: Written<EventFunction<Message, Used, Published>, 'publishes' | 'uses'>,
): EventFunction<Message, Used, Published> {
  return {
    publishes: [],
    uses: {} as Used,
    optionalPackages: [],
    ...definition,
    needs: { ...defaultNeeds, ...definition.needs },
    kind: 'event',
  };
}
