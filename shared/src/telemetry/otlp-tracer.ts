import {
  type Attributes,
  type Span as OpenTelemetrySpan,
  type Tracer as OpenTelemetryTracer,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace as tracing,
} from '@opentelemetry/api';
import { coalesce } from '../base/coalesce.ts';
import { describe } from '../base/errors.ts';
import type { Facts, Logger } from '../base/log.ts';
import { atMost } from '../base/timing.ts';
import { openExporter } from './exporter.ts';
import { type FreezeSettings, mayFreeze, type Span, type SpanStart, type Tracer } from './tracer.ts';

export interface TracingSettings extends FreezeSettings {
  readonly PROJECT_ID: string;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

/** Records spans with OpenTelemetry and sends them by OTLP. */
export async function openOtlpTracer(
  functionName: string,
  settings: TracingSettings,
  log: Logger,
): Promise<Tracer> {
  const { PROJECT_ID, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '' } = settings;
  const { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, ...sdk } = await import(
    '../clients/opentelemetry.ts'
  );
  // Whatever else in this process takes part in traces, Google's clients say, speaks the same language.
  propagation.setGlobalPropagator(new sdk.W3CTraceContextPropagator());
  const processor = new BatchSpanProcessor({
    exporter: await openExporter(endpoint, exportMs),
    exportTimeoutMillis: exportMs,
    scheduledDelayMillis: batchMs,
    maxExportBatchSize: batchSpans,
    maxQueueSize: 16 * batchSpans,
  });
  const provider = new sdk.TracerProvider({
    resource: sdk.resourceFromAttributes({
      'service.name': functionName,
      'service.namespace': 'banknote-loop',
      'faas.name': functionName,
      'gcp.project_id': PROJECT_ID,
    }),
    // A caller who samples decides for the whole trace.
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.OTEL_TRACES_SAMPLER_ARG) }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('banknote-loop');
  const flush = createFlush(() => processor.forceFlush(), log);
  const freezes = mayFreeze(settings);
  let underWay = 0;
  return {
    start(start, parent) {
      underWay += 1;
      return startSpan(tracer, start, parent && { ...contextOf(parent), isRemote: true });
    },
    flush,
    async beforeAnswer() {
      underWay -= 1;
      // While others are being worked on the process runs, and the batch leaves by itself.
      if (freezes && underWay === 0) await flush();
    },
    close: () => provider.shutdown(),
  };
}

/** Spans leave together, so often and so many at a time. */
const batchMs = 200;
const batchSpans = 512;

/** An export that nobody waits for any more may take this long. */
const exportMs = 2_000;

/** No answer waits longer than this for its spans to be sent. */
const flushMs = 300;
const warnEveryMs = 60_000;

/**
 * Makes a flush that many answers can wait for together: messages that end at the same time share an export. A
 * receiver of spans that is slow or away is warned of once a minute, and otherwise harms nobody.
 */
function createFlush(exportAll: () => Promise<void>, log: Logger): () => Promise<void> {
  let warnAgainAt = 0;
  const share = coalesce<void>(exportAll, { sizeOf: () => 1, maxSize: Infinity, isItemError: () => false });
  return () => {
    const sent = share().catch(error => {
      if (Date.now() < warnAgainAt) return;
      warnAgainAt = Date.now() + warnEveryMs;
      log.warn({ reason: describe(error) }, 'spans could not be sent');
    });
    return atMost(flushMs, sent);
  };
}

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER };

function startSpan(
  tracer: OpenTelemetryTracer,
  { name, kind, attributes }: SpanStart,
  parent: SpanContext | undefined,
): Span {
  const context = parent ? tracing.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
  const span = tracer.startSpan(name, { kind: kinds[kind], attributes: present(attributes) }, context);
  const own = span.spanContext();
  return {
    trace: { traceId: own.traceId, spanId: own.spanId, flags: own.traceFlags.toString(16).padStart(2, '0') },
    startChild: start => startSpan(tracer, start, own),
    link: other => void span.addLink({ context: contextOf(other) }),
    end: (facts, failure) => endSpan(span, facts, failure),
  };
}

function endSpan(span: OpenTelemetrySpan, facts: Facts, failure: Parameters<Span['end']>[1]): void {
  span.setAttributes(present(facts));
  if (failure) {
    span.setAttribute('error.type', failure.type);
    span.setStatus({ code: SpanStatusCode.ERROR, message: failure.reason });
  }
  span.end();
}

function contextOf({ traceId, spanId, flags }: Span['trace']): SpanContext {
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

/** Attributes have no null. */
function present(facts: Facts): Attributes {
  const attributes: Attributes = {};
  for (const name in facts) {
    const value = facts[name];
    if (value !== null && value !== undefined) attributes[name] = value;
  }
  return attributes;
}
