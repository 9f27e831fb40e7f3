import { describe } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { continueTrace } from '../base/trace.ts';
import type { TracingSettings } from './otlp-tracer.ts';
import type { Span, Tracer } from './tracer.ts';

/** The tracer that the settings ask for. OpenTelemetry is loaded only if there is somewhere to send spans to. */
export async function openTracer(
  functionName: string,
  settings: TracingSettings,
  log: Logger,
): Promise<Tracer> {
  if (!settings.OTEL_EXPORTER_OTLP_ENDPOINT) return plainTracer;
  try {
    const { openOtlpTracer } = await import('./otlp-tracer.ts');
    return await openOtlpTracer(functionName, settings, log);
  } catch (error) {
    // To see what the loop does is never worth more than that it does it.
    log.error({ reason: describe(error) }, 'spans are not recorded');
    return plainTracer;
  }
}

/**
 * Records nothing, but carries the trace of every message on: log lines are found by it, and other programs that do
 * record see one connected trace.
 */
export const plainTracer: Tracer = {
  start(_start, parent) {
    const span: Span = { trace: continueTrace(parent), startChild: () => span, link() {}, end() {} };
    return span;
  },
  flush: async () => {},
  beforeAnswer: async () => {},
  close: async () => {},
};
