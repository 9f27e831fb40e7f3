import { continueTrace } from '../base/trace.ts';
import type { Span, Tracer } from './tracer.ts';

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
  close: async () => {},
};
