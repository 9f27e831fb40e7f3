import { type Span, SpanStore, startSpanReceiver } from '@banknote-loop/local-cloud';
import type { RecordedSpan } from '@banknote-loop/shared/contract';
import { LineMeter, logMetrics } from '@banknote-loop/shared/telemetry';
import type { LogLine } from './output.ts';
import type { Environment } from './services.ts';

/** Sees what the functions do by what they write and send, and tells it: the laptop's Cloud Trace and Monitoring. */
export interface Observer {
  /** Where the functions send their spans, and that they write all lines that are measured. */
  readonly environment: Environment;
  /** Takes a line that a function wrote, by its fields. */
  take(fields: LogLine): void;
  /** All metrics of all functions, in the text format of Prometheus. */
  metrics(): string;
  /** The answer to `GET /traces`: all spans of one correlation, or without an id the latest correlations. */
  traces(correlationId: string | undefined): object;
  close(): Promise<void>;
}

/** Some minutes of a busy loop, and some ten megabytes. */
const capacity = 20_000;
const mostListed = 50;
/** Functions that were told these would not write what is counted; whoever wants to see less is shown less. */
const tooQuiet = /^(warn|error|fatal|silent)$/;

/** Starts to observe; spans go elsewhere if the user has named a place for them. */
export async function startObserver(given: NodeJS.ProcessEnv): Promise<Observer> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, LOG_LEVEL } = given;
  const store = new SpanStore(capacity);
  const meters = logMetrics.map(metric => new LineMeter(metric));
  const receiver = OTEL_EXPORTER_OTLP_ENDPOINT ? undefined : await startSpanReceiver(store);
  return {
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: OTEL_EXPORTER_OTLP_ENDPOINT ?? receiver?.url ?? '',
      ...(tooQuiet.test(LOG_LEVEL ?? '') && { LOG_LEVEL: 'info' }),
    },
    take(fields) {
      for (const meter of meters) meter.take(fields);
    },
    metrics: () => meters.map(meter => meter.format()).join(''),
    traces: correlationId =>
      correlationId === undefined
        ? { stories: [...store.latest(mostListed)].map(([id, spans]) => summaryOf(id, spans)) }
        : { correlation_id: correlationId, spans: store.conversation(correlationId).map(toContract) },
    close: async () => receiver?.close(),
  };
}

/** All work that goes back to one batch, in a line of the list of the latest. */
function summaryOf(correlationId: string, spans: readonly Span[]) {
  return {
    correlation_id: correlationId,
    started: timeOf(Math.min(...spans.map(({ startMs }) => startMs))),
    spans: spans.length,
    failures: spans.filter(({ error }) => error !== null).length,
  };
}

/** OpenTelemetry's words in those of the contract. */
function toContract({ links, ...span }: Span): RecordedSpan {
  return {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    correlation_id: span.conversationId,
    function: span.service,
    name: span.name,
    kind: span.kind,
    started: timeOf(span.startMs),
    start_ms: span.startMs,
    duration_ms: span.durationMs,
    failure: span.error,
    facts: span.attributes,
    links: links.map(({ traceId, spanId }) => ({ trace_id: traceId, span_id: spanId })),
  };
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
