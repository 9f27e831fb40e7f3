import type { RecordedSpan } from '@banknote-loop/shared/contract';

/** A function's work on one message or request, and within it the sending of what follows; times in milliseconds. */
export interface Hop {
  readonly id: string;
  readonly function: string;
  readonly name: string;
  readonly after: number;
  readonly took: number;
  readonly outcome: string;
  readonly failure: string | null;
  readonly sends: readonly { readonly id: string; readonly after: number; readonly took: number }[];
}

/** What followed from one request, with a scale of its own: hours may lie between a request and a correction. */
export interface Trace {
  readonly id: string;
  readonly name: string;
  readonly started: string;
  readonly took: number;
  readonly hops: readonly Hop[];
}

export function tracesOf(spans: readonly RecordedSpan[]): readonly Trace[] {
  return [...Map.groupBy(spans, ({ trace_id }) => trace_id).values()].flatMap(all => traceOf(all) ?? []);
}

function traceOf(spans: readonly RecordedSpan[]): Trace | undefined {
  const [first] = spans;
  if (!first) return undefined;
  const begin = Math.min(...spans.map(({ start_ms }) => start_ms));
  const end = Math.max(...spans.map(({ start_ms, duration_ms }) => start_ms + duration_ms));
  const known = new Set(spans.map(({ span_id }) => span_id));
  const partsOf = Map.groupBy(spans.filter(isSend), ({ parent_span_id }) => parent_span_id);
  // A sending whose sender is not known, because its span has been forgotten, stands for itself.
  const hops = spans.filter(span => !isSend(span) || !known.has(span.parent_span_id ?? ''));
  return {
    id: first.trace_id,
    name: first.name,
    started: first.started,
    took: end - begin,
    hops: hops.map(span => ({
      ...placed(span, begin),
      function: span.function,
      name: span.name,
      outcome: outcomeOf(span),
      failure: span.failure,
      sends: (partsOf.get(span.span_id) ?? []).map(part => placed(part, begin)),
    })),
  };
}

function isSend({ kind }: RecordedSpan): boolean {
  return kind === 'producer';
}

function placed({ span_id, start_ms, duration_ms }: RecordedSpan, begin: number) {
  return { id: span_id, after: start_ms - begin, took: duration_ms };
}

const words: Readonly<Record<string, string>> = { done: 'done', transient: 'again', permanent: 'refused' };

/** How the handling of a message ended, or the status by which a request was answered. */
function outcomeOf({ facts, failure }: RecordedSpan): string {
  const outcome = facts['banknote.outcome'] ?? facts['http.response.status_code'];
  return words[String(outcome)] ?? String(outcome ?? (failure === null ? 'done' : 'failed'));
}
