import type { RecordedSpan } from '@banknote-loop/shared/contract';
import { z } from 'zod';

// The part of OTLP's JSON that our functions send: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

/** Numbers of 64 bits may travel as text. */
const value = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
  z.object({ intValue: z.coerce.number() }).transform(({ intValue }) => intValue),
  z.object({ doubleValue: z.number() }).transform(({ doubleValue }) => doubleValue),
]);
type Value = z.output<typeof value>;

const attributes = z
  .array(z.object({ key: z.string(), value }))
  .default([])
  .transform((list): ReadonlyMap<string, Value> => new Map(list.map(one => [one.key, one.value])));

const link = z.object({ traceId: z.string(), spanId: z.string() });

const span = link.extend({
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.coerce.number(),
  endTimeUnixNano: z.coerce.number(),
  attributes,
  links: z.array(link).default([]),
  status: z.object({ code: z.number().default(0), message: z.string().default('') }).optional(),
});

export const otlpRequest = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const failed = 2;

/** All spans of a request, in our own words. */
export function spansOf({ resourceSpans }: z.output<typeof otlpRequest>): readonly RecordedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const functionName = String(resource.attributes.get('service.name') ?? '');
    return scopeSpans.flatMap(({ spans }) => spans.map(one => toRecorded(one, functionName)));
  });
}

function toRecorded(one: z.output<typeof span>, functionName: string): RecordedSpan {
  const startMs = one.startTimeUnixNano / 1e6;
  const conversation = one.attributes.get('messaging.message.conversation_id');
  return {
    trace_id: one.traceId,
    span_id: one.spanId,
    parent_span_id: one.parentSpanId || null,
    correlation_id: conversation === undefined ? null : String(conversation),
    function: functionName,
    name: one.name,
    kind: kinds[one.kind] ?? 'internal',
    started: new Date(startMs).toISOString(),
    start_ms: startMs,
    duration_ms: one.endTimeUnixNano / 1e6 - startMs,
    failure: one.status?.code === failed ? one.status.message : null,
    facts: Object.fromEntries(one.attributes),
    links: one.links.map(({ traceId, spanId }) => ({ trace_id: traceId, span_id: spanId })),
  };
}
