interface SpanId {
  readonly trace_id: string;
  readonly span_id: string;
}

/** A span as `GET /traces` tells it. */
export interface RecordedSpan extends SpanId {
  readonly parent_span_id: string | null;
  /** The batch that the work goes back to; null for a request that has none. */
  readonly correlation_id: string | null;
  readonly function: string;
  /** `POST /notes`, `send request`, `process request`. */
  readonly name: string;
  readonly kind: 'server' | 'producer' | 'consumer' | 'client' | 'internal';
  readonly started: string;
  /** The same as a number of milliseconds since 1970, with their fractions. */
  readonly start_ms: number;
  readonly duration_ms: number;
  /** Why the work failed, if it did. */
  readonly failure: string | null;
  /** Attributes by OpenTelemetry's names, and what the function found out under `banknote.`. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** Work in other traces with which this was merged. */
  readonly links: readonly SpanId[];
}
