import type { Span } from './otlp-request.ts';

/** Keeps the latest spans, and finds those of one conversation. */
export class SpanStore {
  readonly #capacity: number;
  readonly #spans: Span[] = [];
  /** Where the next span goes once the store is full: in the place of the oldest. */
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(spans: readonly Span[]): void {
    for (const span of spans) {
      this.#spans[this.#next] = span;
      this.#next = (this.#next + 1) % this.#capacity;
    }
  }

  /** The spans of one conversation in order of time, and the work in other traces that they link to. */
  conversation(id: string): readonly Span[] {
    const own = this.#spans.filter(span => span.conversationId === id);
    const linked = new Set(own.flatMap(({ links }) => links.map(({ spanId }) => spanId)));
    const others = this.#spans.filter(span => linked.has(span.spanId) && span.conversationId !== id);
    // Clocks tell milliseconds: of two that begin together, the longer is the one that the other is part of.
    return [...own, ...others].toSorted((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs);
  }

  /** The spans of the latest conversations, newest conversation first; those of none are left out. */
  latest(count: number): ReadonlyMap<string, readonly Span[]> {
    const groups = new Map<string, Span[]>();
    for (const span of this.#spans) {
      if (span.conversationId === null) continue;
      const group = groups.get(span.conversationId);
      if (group) group.push(span);
      else groups.set(span.conversationId, [span]);
    }
    const startOf = (spans: readonly Span[]): number => Math.min(...spans.map(({ startMs }) => startMs));
    return new Map(
      [...groups]
        .map(([id, spans]) => ({ id, spans, start: startOf(spans) }))
        .toSorted((a, b) => b.start - a.start)
        .slice(0, count)
        .map(({ id, spans }) => [id, spans]),
    );
  }
}
