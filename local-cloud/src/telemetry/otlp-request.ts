import { z } from 'zod';

// The part of OTLP's JSON that OpenTelemetry's SDKs send: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

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

/** A piece of work that a service has recorded, with OpenTelemetry's words for its parts. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** The attribute `messaging.message.conversation_id`: what all messages about one thing have in common. */
  readonly conversationId: string | null;
  /** The attribute `service.name` of who did the work. */
  readonly service: string;
  readonly name: string;
  readonly kind: (typeof kinds)[number];
  /** In milliseconds since 1970, with their fractions. */
  readonly startMs: number;
  readonly durationMs: number;
  /** The message of the status, if that is an error. */
  readonly error: string | null;
  readonly attributes: Readonly<Record<string, Value>>;
  /** Work in other traces that this one is connected with. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** All spans of a request. */
export function spansOf({ resourceSpans }: z.output<typeof otlpRequest>): readonly Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(resource.attributes.get('service.name') ?? '');
    return scopeSpans.flatMap(({ spans }) => spans.map(one => toSpan(one, service)));
  });
}

function toSpan(one: z.output<typeof span>, service: string): Span {
  const { traceId, spanId, parentSpanId, name, attributes, links, status } = one;
  const conversation = attributes.get('messaging.message.conversation_id');
  const startMs = one.startTimeUnixNano / 1e6;
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId || null,
    conversationId: conversation === undefined ? null : String(conversation),
    service,
    name,
    kind: kinds[one.kind] ?? 'internal',
    startMs,
    durationMs: one.endTimeUnixNano / 1e6 - startMs,
    error: status?.code === failed ? status.message : null,
    attributes: Object.fromEntries(attributes),
    links,
  };
}
