import type { PermanentError } from '../errors.ts';
import type { ReceivedMessage } from './envelope.ts';

/** Pub/Sub's limit for the value of an attribute. */
const maxValueBytes = 1024;

/** The attributes with which a refused message goes to `dead-letter`: its own, and who refused it and why. */
export function deadLetterAttributes(
  message: ReceivedMessage,
  refusedBy: { readonly name: string; readonly on: { readonly name: string } },
  { message: reason, field }: PermanentError,
): Record<string, string> {
  return {
    ...message.attributes,
    dead_letter_function: refusedBy.name,
    dead_letter_topic: refusedBy.on.name,
    dead_letter_message_id: message.id,
    dead_letter_publish_time: message.publishTime.toISOString(),
    dead_letter_attempts: String(message.attempt ?? 1),
    dead_letter_reason: shorten(reason),
    ...(field ? { dead_letter_field: shorten(field) } : {}),
  };
}

function shorten(text: string): string {
  if (Buffer.byteLength(text) <= maxValueBytes) return text;
  // A character that the cut goes through becomes U+FFFD, which has three bytes itself.
  const cut = Buffer.from(text).subarray(0, maxValueBytes - 6);
  return `${cut.toString('utf8')}…`;
}
