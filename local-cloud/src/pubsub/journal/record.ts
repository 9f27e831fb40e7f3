import type { Message } from '../broker/message.ts';
import type { SubscriptionSettings, TopicSettings } from '../broker/settings.ts';

/** A message's place in a subscription, with the delivery attempts that have failed so far. */
export interface Place {
  readonly subscription: string;
  readonly attempts: number;
}

/** One change of the broker's state. Replaying all of them in order rebuilds it. */
export type JournalRecord =
  | { readonly kind: 'topic'; readonly topic: TopicSettings }
  | { readonly kind: 'topic-deleted'; readonly name: string }
  | { readonly kind: 'subscription'; readonly subscription: SubscriptionSettings }
  | { readonly kind: 'subscription-deleted'; readonly name: string }
  | { readonly kind: 'message'; readonly message: Message; readonly places: readonly Place[] }
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
