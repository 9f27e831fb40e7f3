import { otlpRequest, type Span, spansOf } from './otlp-request.ts';

/** About what the spans of a full store take as they come. */
const bytesOfSpan = 1_500;

/** Keeps the latest spans, and finds those of one conversation. */
export class SpanStore {
  readonly #capacity: number;
  readonly #spans: Span[] = [];
  /** Where the next span goes once the store is full: in the place of the oldest. */
  #next = 0;
  /** Requests that nobody has looked into yet: most never are, and to read them costs more than to take them. */
  #unread: Buffer[] = [];
  #unreadBytes = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(spans: readonly Span[]): void {
    for (const span of spans) {
      this.#spans[this.#next] = span;
      this.#next = (this.#next + 1) % this.#capacity;
    }
  }

  /**
   * Adds the spans of a request in OTLP's JSON, once somebody asks for spans. As bytes, which lie outside of the heap: the
   * garbage collector would copy texts of megabytes from place to place.
   */
  addLater(request: Buffer): void {
    this.#unread.push(request);
    this.#unreadBytes += request.length;
    while (this.#unreadBytes > this.#capacity * bytesOfSpan && this.#unread.length > 1) {
      this.#unreadBytes -= this.#unread.shift()?.length ?? 0;
    }
  }

  /**
   * The spans of one conversation in order of time, the work in other traces that they link to, and what links to them:
   * work that several conversations share is in none of them, and links to all.
   */
  conversation(id: string): readonly Span[] {
    const spans = this.#read();
    const own = new Set(spans.filter(span => span.conversationId === id));
    const ids = new Set([...own].map(({ spanId }) => spanId));
    const linked = new Set([...own].flatMap(({ links }) => links.map(({ spanId }) => spanId)));
    const found = spans.filter(
      span => own.has(span) || linked.has(span.spanId) || span.links.some(({ spanId }) => ids.has(spanId)),
    );
    // Clocks tell milliseconds: of two that begin together, the longer is the one that the other is part of.
    return found.toSorted((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs);
  }

  /** The spans of the latest conversations, newest conversation first; those of none are left out. */
  latest(count: number): ReadonlyMap<string, readonly Span[]> {
    const groups = new Map<string, Span[]>();
    for (const span of this.#read()) {
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

  #read(): readonly Span[] {
    const unread = this.#unread;
    this.#unread = [];
    this.#unreadBytes = 0;
    for (const request of unread) {
      const parsed = otlpRequest.safeParse(jsonIn(request));
      if (parsed.success) this.add(spansOf(parsed.data));
    }
    return this.#spans;
  }
}

function jsonIn(request: Buffer): unknown {
  try {
    return JSON.parse(request.toString('utf8'));
  } catch {
    return undefined;
  }
}
