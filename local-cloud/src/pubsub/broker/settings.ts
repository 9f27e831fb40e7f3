export interface SchemaSettings {
  readonly name: string;
  /** In Avro. */
  readonly definition: string;
  readonly revision: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** What a topic's messages are held to. */
export interface TopicSchema {
  readonly name: string;
  readonly encoding: 'JSON' | 'BINARY';
}

export interface TopicSettings {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How long every message is kept for whoever seeks back to it; not at all when left out. */
  readonly retentionMs?: number | undefined;
  readonly schema?: TopicSchema | undefined;
  /** Where Google would keep its messages. Here it is only shown. */
  readonly storagePolicy?: StoragePolicy | undefined;
}

export interface StoragePolicy {
  readonly regions: readonly string[];
  readonly enforceInTransit: boolean;
}

export interface SnapshotSettings {
  readonly name: string;
  readonly topic: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface RetryPolicy {
  readonly minimumBackoffMs: number;
  readonly maximumBackoffMs: number;
}

export interface DeadLetterPolicy {
  readonly topic: string;
  readonly maxDeliveryAttempts: number;
}

export interface SubscriptionSettings {
  readonly name: string;
  readonly topic: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ackDeadlineMs: number;
  readonly retentionMs: number;
  /** Empty for a subscription that is pulled from. */
  readonly pushEndpoint: string;
  readonly pushAttributes?: Readonly<Record<string, string>> | undefined;
  readonly retryPolicy?: RetryPolicy | undefined;
  readonly deadLetterPolicy?: DeadLetterPolicy | undefined;
  /** An expression; all messages match when it is left out. */
  readonly filter?: string | undefined;
  /** Messages of the same ordering key come in the order of their publication. */
  readonly keepsOrder?: boolean | undefined;
  /** Only the latest delivery can be acknowledged, and the subscriber is told whether it was. */
  readonly exactlyOnce?: boolean | undefined;
  readonly retainsAcked?: boolean | undefined;
  readonly isDetached?: boolean | undefined;
  /** How long it lives without anybody who takes its messages; for ever when it is left out. */
  readonly expiresAfterMs?: number | undefined;
}

const immediately: RetryPolicy = { minimumBackoffMs: 0, maximumBackoffMs: 0 };
// Google backs off a failing push endpoint by itself, between these bounds, when no retry policy is set.
const gently: RetryPolicy = { minimumBackoffMs: 100, maximumBackoffMs: 60_000 };

/** How long a message waits after its nth failed attempt. */
export function backoffMs(settings: SubscriptionSettings, attempt: number): number {
  const policy = settings.retryPolicy ?? (settings.pushEndpoint === '' ? immediately : gently);
  return Math.min(policy.minimumBackoffMs * 2 ** (attempt - 1), policy.maximumBackoffMs);
}
