import type { z } from 'zod';
import type { PermanentError } from '../base/errors.ts';
import type { Facts, Logger } from '../base/log.ts';
import type { Trace } from '../base/trace.ts';
import type { Topic } from '../contract/topics.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Resource } from '../resources/resource.ts';

// A function is a definition: plain data that says what triggers it, what it publishes and uses, and a handler.
// The words that all of the library uses for what happens to it:
//
// - definition: a function as it is written, in one folder under functions/. To read one opens nothing, so the runner,
//   the deployment, the page and the docs all read it.
// - instance: one running process of a function. It has checked the function's settings, and opens its clients when
//   the first message or request needs them.
// - resource: a service outside that a function may use, such as the database. To name one under `uses` gives the
//   handler its client, under that name, and the deployed function the rights and variables for it.
// - settings: what a handler reads of environment variables beside those of its resources, checked at the start.
// - delivery: one attempt of Pub/Sub's to have a message handled. A message may be delivered more than once, late, and
//   in any order, so each handler's effect is idempotent.
// - outcome: how a delivery ended. `done` acknowledges the message; `transient` makes Pub/Sub deliver it again, with
//   growing pauses; `permanent` acknowledges it, too, but only when the topic `dead-letter` has it.
// - correlation: the request from outside that a message goes back to, by way of however many other messages.

export type Uses = Readonly<Record<string, Resource>>;

/** Schemas that make of environment variables what the handler gets under the same name. */
export type Reads = Readonly<Record<string, z.ZodPipe<z.ZodObject, z.ZodTransform>>>;

/** The opened clients, under the names that the definition gave them. */
export type Clients<Used extends Uses> = {
  readonly [Name in keyof Used]: Used[Name] extends Resource<infer Client, infer _Settings> ? Client : never;
};

/** The settings, under the names that the definition gave them. */
export type SettingsOf<Read extends Reads> = { readonly [Name in keyof Read]: z.output<Read[Name]> };

type MessageOf<T> = T extends Topic<infer Message> ? Message : never;

/** Publishes to a topic that the definition names under `publishes`; resolves when Pub/Sub has accepted the message. */
export type Publish<Published extends Topic<unknown>> = <T extends Published>(
  topic: T,
  message: MessageOf<T>,
) => Promise<void>;

/**
 * What a handler gets with each message, beside its clients and settings. `message` is the topic's, already decoded and
 * checked; the rest is what can only be known while this delivery is handled.
 */
export interface Delivery<Message, Published extends Topic<unknown>> {
  readonly id: string;
  /** When the message was first published; the same in every redelivery, and when it is replayed. */
  readonly time: Date;
  /** Which delivery of the message this is, the first being 1; nothing where Pub/Sub does not count. */
  readonly attempt: number | undefined;
  /** Whether a program of the deployment has signed it; so it counts, too, where nothing is signed or there are no keys. */
  readonly ours: boolean;
  readonly log: Logger;
  /** Whose items the messages are about. */
  readonly dataSet: DataSet;
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
  memory: '512Mi',
  cpu: 1,
  concurrency: 80,
  maxInstances: 5,
  timeoutSeconds: 60,
};

/** What every function says of itself, whoever triggers it. */
export interface Definition<Used extends Uses, Published extends Topic<unknown>, Read extends Reads> {
  readonly name: string;
  readonly summary: string;
  readonly publishes: readonly Published[];
  readonly uses: Used;
  readonly settings: Read;
  readonly needs: Needs;
  /** Packages that are installed beside the function where they can be, and done without where not. */
  readonly optionalPackages: readonly string[];
}

/**
 * A function that one topic triggers. `handle` returns when the message is done, with facts for the log line and the
 * span, and throws when it is not: a PermanentError is for ever, any other error means "again later". It commits first
 * and publishes afterwards, since the message comes again if the process dies in between.
 */
export interface EventFunction<
  Message = unknown,
  Used extends Uses = Uses,
  Published extends Topic<unknown> = Topic<unknown>,
  Read extends Reads = Reads,
> extends Definition<Used, Published, Read> {
  readonly kind: 'event';
  readonly on: Topic<Message>;
  handle(
    message: Message,
    context: Clients<Used> & SettingsOf<Read> & Delivery<Message, Published>,
  ): Promise<Facts>;
}

/** A definition as it is written: what most functions have alike may be left out. */
export type WrittenDefinition<T, Key extends keyof T> = Omit<T, Key | 'kind' | 'needs' | 'optionalPackages'> &
  Partial<Pick<T, Key>> & {
    readonly needs?: Partial<Needs>;
    readonly optionalPackages?: readonly string[];
  };

/** Defines a function that one topic triggers. */
export function defineFunction<
  Message,
  Used extends Uses = Record<never, never>,
  Published extends Topic<unknown> = never,
  Read extends Reads = Record<never, never>,
>(
  definition: WrittenDefinition<
    EventFunction<Message, Used, Published, Read>,
    'publishes' | 'uses' | 'settings'
  >,
): EventFunction<Message, Used, Published, Read> {
  return {
    publishes: [],
    uses: {} as Used,
    settings: {} as Read,
    optionalPackages: [],
    ...definition,
    needs: { ...defaultNeeds, ...definition.needs },
    kind: 'event',
  };
}
