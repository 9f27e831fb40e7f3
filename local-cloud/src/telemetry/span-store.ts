import type { RecordedSpan } from '@banknote-loop/shared/contract';

/** A story that spans tell: all work that goes back to one batch. */
export interface StorySummary {
  readonly correlation_id: string;
  readonly started: string;
  readonly spans: number;
  readonly failures: number;
}

/** Keeps the latest spans, and finds those of one story. */
export class SpanStore {
  readonly #capacity: number;
  readonly #spans: RecordedSpan[] = [];
  /** Where the next span goes once the store is full: in the place of the oldest. */
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(spans: readonly RecordedSpan[]): void {
    for (const span of spans) {
      this.#spans[this.#next] = span;
      this.#next = (this.#next + 1) % this.#capacity;
    }
  }

  /** The spans of one story in order of time, and the work that they point to. */
  story(correlationId: string): readonly RecordedSpan[] {
    const own = this.#spans.filter(span => span.correlation_id === correlationId);
    const linked = new Set(own.flatMap(({ links }) => links.map(({ span_id }) => span_id)));
    const merged = this.#spans.filter(
      span => linked.has(span.span_id) && span.correlation_id !== correlationId,
    );
    // Clocks tell milliseconds: of two that begin together, the longer is the one that the other is part of.
    return [...own, ...merged].toSorted((a, b) => a.start_ms - b.start_ms || b.duration_ms - a.duration_ms);
  }

  /** The latest stories, newest first. */
  stories(count: number): readonly StorySummary[] {
    const groups = Map.groupBy(
      this.#spans.filter(span => span.correlation_id !== null),
      span => span.correlation_id ?? '',
    );
    return [...groups]
      .map(([correlation_id, spans]) => ({
        correlation_id,
        started: new Date(Math.min(...spans.map(({ start_ms }) => start_ms))).toISOString(),
        spans: spans.length,
        failures: spans.filter(({ failure }) => failure !== null).length,
      }))
      .toSorted((a, b) => (a.started < b.started ? 1 : -1))
      .slice(0, count);
  }
}
