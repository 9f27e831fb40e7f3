import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { checkBounds, decodeUtf8, readBoundedJson } from '../base/bounded-json.ts';
import { formatPath, PermanentError } from '../base/errors.ts';
import type { JsonBounds } from '../base/json-bounds.ts';

/** A message as Pub/Sub hands it over, before its data is looked into. */
export interface ReceivedMessage {
  readonly id: string;
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
  readonly publishTime: Date;
  /** Which delivery of the message this is; known only where the subscription has a dead-letter policy. */
  readonly attempt: number | undefined;
}

const id = z.string().min(1);
const time = z.iso.datetime({ offset: true });

/** The library checks 10 MB by a pattern for 100 ms, in which nobody else is served. */
const base64 = z.string().transform((text, context): Buffer => {
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  if (text.length % 4 === 0 && bytes.length === (text.length / 4) * 3 - padding) return bytes;
  context.addIssue({ code: 'custom', message: 'It is not in base64.' });
  return z.NEVER;
});

const pushed = z.object({
  message: z.object({
    data: base64.default(Buffer.alloc(0)),
    attributes: z.record(z.string(), z.string()).nullish(),
    messageId: id.optional(),
    publishTime: time.optional(),
  }),
  deliveryAttempt: z.number().optional(),
});

/** What a CloudEvent says of itself: in binary mode in its headers, in structured mode around the same body. */
const cloudEvent = z.object({ id, time: time.optional() });
const structured = cloudEvent.extend({ specversion: z.string() });

const pushedInBase64 = base64
  .transform((bytes, context): unknown => {
    try {
      checkBounds(bytes, envelopeBounds);
      return JSON.parse(decodeUtf8(bytes));
    } catch {
      context.addIssue({ code: 'custom', message: 'It is not JSON.' });
      return z.NEVER;
    }
  })
  .pipe(pushed);

/** Pub/Sub takes 100 attributes. */
export const envelopeBounds: JsonBounds = { depth: 32, values: 2_000, names: 1_000 };

/** As functions of the first generation get it: the message is the event's data, and what is said of it its context. */
const firstGeneration = z
  .object({
    context: z.object({ eventId: id, timestamp: time.optional() }).optional(),
    eventId: id.optional(),
    timestamp: time.optional(),
    data: pushed.shape.message.omit({ messageId: true, publishTime: true }),
  })
  .transform(({ data, context, eventId, timestamp }) => ({
    message: {
      ...data,
      messageId: context?.eventId ?? eventId,
      publishTime: context?.timestamp ?? timestamp,
    },
    deliveryAttempt: undefined,
    event: undefined,
  }));

// What comes nearly always stands first: each form that is tried in vain costs as much as all the rest.
const envelope = z.union([
  pushed.transform(body => ({ ...body, event: undefined })),
  structured.extend({ data: pushed }).transform(({ data, ...event }) => ({ ...data, event })),
  structured
    .extend({ data_base64: pushedInBase64 })
    .transform(({ data_base64, ...event }) => ({ ...data_base64, event })),
  firstGeneration,
]);

/**
 * Reads a request as Eventarc delivers it (a CloudEvent, binary or structured) or as a plain push subscription does:
 * the body is the same. Anything else did not come from Pub/Sub, and must not be taken for a message without data.
 */
export function readEnvelope(body: unknown, headers: IncomingHttpHeaders): ReceivedMessage {
  const parsed = envelope.safeParse(body);
  if (!parsed.success) {
    throw new PermanentError(
      'The request is not a Pub/Sub message: there is no well-formed "message" in its body.',
    );
  }
  const { message, deliveryAttempt, event } = parsed.data;
  const origin = cloudEvent.safeParse({
    id: message.messageId ?? event?.id ?? headers['ce-id'],
    time: message.publishTime ?? event?.time ?? headers['ce-time'],
  });
  if (!origin.success) {
    throw new PermanentError(
      'The request is not a Pub/Sub message: neither its body nor its headers say which one, or not well-formed.',
    );
  }
  const attributes = message.attributes ?? {};
  const { traceparent } = headers;
  return {
    id: origin.data.id,
    data: message.data,
    // The publisher's own trace context is the better parent: the header's names the delivery.
    attributes: typeof traceparent === 'string' ? { traceparent, ...attributes } : attributes,
    // Pub/Sub always says when; an event from elsewhere need not.
    publishTime: new Date(origin.data.time ?? Date.now()),
    attempt: deliveryAttempt,
  };
}

/** The message's data as the topic's schema has it, or a PermanentError that names the first thing wrong with it. */
export async function decodeData<Message>(
  data: Buffer,
  schema: z.ZodType<Message>,
  bounds: JsonBounds,
): Promise<Message> {
  const content = await readBoundedJson(
    data,
    bounds,
    text => new PermanentError(text === '' ? 'The message has no data.' : 'The data is not JSON.'),
  );
  return fitMessage(content, schema);
}

/** The content as the schema has it. */
export function fitMessage<Message>(content: unknown, schema: z.ZodType<Message>): Message {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const others = parsed.error.issues.length - 1;
  const more = others > 0 ? ` (and ${others} more ${others === 1 ? 'problem' : 'problems'})` : '';
  throw new PermanentError(`${first?.message ?? 'The message does not fit its schema.'}${more}`, {
    field: formatPath(first?.path ?? []),
  });
}
