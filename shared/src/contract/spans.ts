import { z } from 'zod';
import { batchId } from './notes.ts';

const spanId = { trace_id: z.string(), span_id: z.string() };

/** A piece of work as `GET /traces` tells it: the answering of a request, the sending or the handling of a message. */
const span = z.object({
  ...spanId,
  parent_span_id: z.string().nullable(),
  /** The batch that the work goes back to; null for a request that has none. */
  correlation_id: z.string().nullable(),
  function: z.string(),
  /** `POST /notes`, `send request`, `process request`. */
  name: z.string(),
  kind: z.enum(['server', 'producer', 'consumer', 'client', 'internal']),
  started: z.iso.datetime(),
  /** The same as a number of milliseconds since 1970, with their fractions. */
  start_ms: z.number(),
  duration_ms: z.number(),
  /** Why the work failed, if it did. */
  failure: z.string().nullable(),
  /** Attributes by OpenTelemetry's names, and what the function found out under `banknote.`. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Work in other traces with which this was merged. */
  links: z.array(z.object(spanId)),
});
export type RecordedSpan = Readonly<z.infer<typeof span>>;

export const tracesQuery = z.object({ correlation_id: batchId });
/** All work that goes back to one batch, in order of time. */
export const tracesAnswer = z.object({ correlation_id: z.string(), spans: z.array(span) });
export type TracesAnswer = z.infer<typeof tracesAnswer>;
