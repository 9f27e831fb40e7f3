import type { Message } from '../broker/message.ts';
import type {
  SchemaSettings,
  SnapshotSettings,
  SubscriptionSettings,
  TopicSettings,
} from '../broker/settings.ts';

/** A message's place in a subscription, with the delivery attempts that have failed so far. */
export interface QueuedMessage {
  readonly subscription: string;
  readonly attempts: number;
}

/** Who keeps a message for the case that somebody seeks back to it. */
export interface Keepers {
  /** The topic, if it keeps what is published. */
  readonly topic?: string;
  readonly snapshots?: readonly string[];
  /** Subscriptions that have acknowledged it and keep it. */
  readonly acked?: readonly string[];
}

/** To where a subscription is set: messages from a time on are unacknowledged, or those of a snapshot. */
export type SeekTarget = { readonly time: number } | { readonly snapshot: string };

/** One change of the broker's state. Replaying all of them in order rebuilds it. */
export type JournalRecord =
  | { readonly kind: 'schema'; readonly schema: SchemaSettings }
  | { readonly kind: 'schema-deleted'; readonly name: string }
  | { readonly kind: 'topic'; readonly topic: TopicSettings }
  | { readonly kind: 'topic-deleted'; readonly name: string }
  | { readonly kind: 'subscription'; readonly subscription: SubscriptionSettings }
  | { readonly kind: 'subscription-deleted'; readonly name: string }
  | ({
      readonly kind: 'message';
      readonly message: Message;
      readonly places: readonly QueuedMessage[];
    } & Keepers)
  /** A new snapshot is of a subscription, as it is at this point; one that is written down again is not. */
  | { readonly kind: 'snapshot'; readonly snapshot: SnapshotSettings; readonly subscription?: string }
  | { readonly kind: 'snapshot-deleted'; readonly name: string }
  | { readonly kind: 'seek'; readonly subscription: string; readonly target: SeekTarget }
  | { readonly kind: 'failed'; readonly subscription: string; readonly id: string; readonly attempts: number }
  | { readonly kind: 'done'; readonly subscription: string; readonly id: string };

/** Where the broker writes its changes. */
export interface Journal {
  append(record: JournalRecord): void;
  /** Resolves when all that was appended would survive the end of this process. */
  written(): Promise<void>;
  close(): void;
}

export const noJournal: Journal = {
  append() {},
  written: async () => {},
  close() {},
};
