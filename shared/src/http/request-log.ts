import type { IncomingMessage } from 'node:http';
import { secondsSince, traceFields } from '../base/log.ts';
import { readTraceparent } from '../base/trace.ts';
import type { Instance } from '../function/instance.ts';
import { LineMeter } from '../telemetry/line-meter.ts';
import { requestDuration } from '../telemetry/log-metrics.ts';
import { requestFailure, requestSpan, spanFacts } from '../telemetry/spans.ts';
import type { Span } from '../telemetry/tracer.ts';

/** What becomes known of a request on the way to its answer, for the log, the metrics and the trace. */
export interface RequestRecord {
  /** The route has been found: its span begins. What nobody serves is not worth a span. */
  begin(route: string): Promise<Span>;
  /** Who asks, for the log: the name that a token proves, or the address. */
  callerIs(principal: string): void;
  /** What the line says beside. */
  addToLog(facts: Readonly<Record<string, string | number>>): void;
  readonly caller: string | undefined;
  /** Its path as the route has it, once it is found. */
  readonly route: string;
  /** What is published for the request has this correlation id, which is returned. */
  correlate(id: string): string;
  /** Writes the line, and sees that the span is sent before the answer is. */
  end(status: number): Promise<void>;
}

export interface RequestLog {
  start(request: IncomingMessage): RequestRecord;
  /** What has been measured so far, in the text format of Prometheus. */
  metrics(): string;
}

export function createRequestLog(functionName: string, instance: Instance): RequestLog {
  const meter = new LineMeter(requestDuration);
  return {
    start: request =>
      startRecord(instance, request, line => {
        meter.take({ function: functionName, ...line });
        instance.log.info({ ...line, ...instance.vitals() }, 'answered');
      }),
    metrics: () => meter.format(),
  };
}

function startRecord(
  instance: Instance,
  { method = 'GET', headers }: IncomingMessage,
  write: (line: object) => void,
): RequestRecord {
  const startedAt = performance.now();
  let route = 'unknown';
  let span: Span | undefined;
  let correlationId: string | undefined;
  let caller: string | undefined;
  let added: Readonly<Record<string, string | number>> = {};
  return {
    async begin(path) {
      route = path;
      const { traceparent } = headers;
      const parent = readTraceparent(typeof traceparent === 'string' ? traceparent : undefined);
      span = (await instance.tracer()).start(requestSpan(method, route), parent);
      return span;
    },
    callerIs(principal) {
      caller = principal;
    },
    addToLog(facts) {
      added = { ...added, ...facts };
    },
    get caller() {
      return caller;
    },
    get route() {
      return route;
    },
    correlate(id) {
      correlationId = id;
      return id;
    },
    async end(status) {
      write({
        ...added,
        method,
        route,
        status,
        duration_seconds: secondsSince(startedAt),
        ...(caller !== undefined && { caller }),
        ...(correlationId && { correlation_id: correlationId }),
        ...(span && traceFields(span.trace, instance.projectId)),
      });
      if (!span) return;
      const facts = { ...spanFacts(correlationId, {}), 'http.response.status_code': status };
      span.end(facts, requestFailure(status));
      await (await instance.tracer()).beforeAnswer();
    },
  };
}
