import type { PermanentError } from '../base/errors.ts';
import type { ReceivedMessage } from './envelope.ts';

// Pub/Sub's limits. Room is left for what is added here, and for the four that Pub/Sub adds when it forwards a message.
const maxValueBytes = 1024;
const maxKeyBytes = 256;
const maxOwnAttributes = 80;
const reservedKey = /^goog(?!client_)/;

/** The attributes with which a refused message goes to `dead-letter`: its own, and who refused it and why. */
export function refusalAttributes(
  message: ReceivedMessage,
  refusedBy: { readonly name: string; readonly on: { readonly name: string } },
  { message: reason, field }: PermanentError,
): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(message.attributes).filter(isAllowed).slice(0, maxOwnAttributes)),
    dead_letter_function: refusedBy.name,
    dead_letter_topic: refusedBy.on.name,
    dead_letter_message_id: message.id,
    dead_letter_publish_time: message.publishTime.toISOString(),
    dead_letter_attempts: String(message.attempt ?? 1),
    dead_letter_reason: shorten(reason),
    ...(field ? { dead_letter_field: shorten(field) } : {}),
  };
}

/** A refusal must not fail for what the message itself brought along: there would be no end to its deliveries. */
function isAllowed([key, value]: readonly [string, string]): boolean {
  const keyBytes = Buffer.byteLength(key);
  return (
    keyBytes > 0 &&
    keyBytes <= maxKeyBytes &&
    !reservedKey.test(key) &&
    Buffer.byteLength(value) <= maxValueBytes
  );
}

function shorten(text: string): string {
  if (Buffer.byteLength(text) <= maxValueBytes) return text;
  // A character that the cut goes through becomes U+FFFD, which has three bytes itself.
  const cut = Buffer.from(text).subarray(0, maxValueBytes - 6);
  return `${cut.toString('utf8')}…`;
}
