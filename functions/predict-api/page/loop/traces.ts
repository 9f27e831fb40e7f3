import type { RecordedSpan } from '@banknote-loop/shared/contract';

/** A function's work on one message or request, and within it the sending of messages. */
export interface TraceStep {
  readonly id: string;
  readonly function: string;
  readonly name: string;
  readonly offsetMs: number;
  readonly durationMs: number;
  readonly outcome: string;
  readonly failure: string | null;
  readonly sends: readonly { readonly id: string; readonly offsetMs: number; readonly durationMs: number }[];
}

/** What followed from one request, with a scale of its own: hours may lie between a request and a correction. */
export interface RequestTrace {
  readonly id: string;
  readonly name: string;
  readonly started: string;
  readonly durationMs: number;
  readonly steps: readonly TraceStep[];
}

export function tracesOf(spans: readonly RecordedSpan[]): readonly RequestTrace[] {
  return [...Map.groupBy(spans, ({ trace_id }) => trace_id).values()].flatMap(all => traceOf(all) ?? []);
}

function traceOf(spans: readonly RecordedSpan[]): RequestTrace | undefined {
  const [first] = spans;
  if (!first) return undefined;
  const begin = Math.min(...spans.map(({ start_ms }) => start_ms));
  const end = Math.max(...spans.map(({ start_ms, duration_ms }) => start_ms + duration_ms));
  const known = new Set(spans.map(({ span_id }) => span_id));
  const sendsOf = Map.groupBy(spans.filter(isSend), ({ parent_span_id }) => parent_span_id);
  // A send whose parent span is missing becomes a step of its own.
  const steps = spans.filter(span => !isSend(span) || !known.has(span.parent_span_id ?? ''));
  return {
    id: first.trace_id,
    name: first.name,
    started: first.started,
    durationMs: end - begin,
    steps: steps.map(span => ({
      ...timed(span, begin),
      function: span.function,
      name: span.name,
      outcome: outcomeOf(span),
      failure: span.failure,
      sends: (sendsOf.get(span.span_id) ?? []).map(send => timed(send, begin)),
    })),
  };
}

function isSend({ kind }: RecordedSpan): boolean {
  return kind === 'producer';
}

function timed({ span_id, start_ms, duration_ms }: RecordedSpan, begin: number) {
  return { id: span_id, offsetMs: start_ms - begin, durationMs: duration_ms };
}

const outcomeNames: Readonly<Record<string, string>> = {
  done: 'done',
  transient: 'again',
  permanent: 'refused',
};

/** How the handling of a message ended, or the status by which a request was answered. */
function outcomeOf({ facts, failure }: RecordedSpan): string {
  const outcome = facts['banknote.outcome'] ?? facts['http.response.status_code'];
  return outcomeNames[String(outcome)] ?? String(outcome ?? (failure === null ? 'done' : 'failed'));
}
