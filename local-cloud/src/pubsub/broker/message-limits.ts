import { invalidArgument } from '../errors.ts';
import { type NewMessage, sizeOf } from './message.ts';

/** Google's limits: https://cloud.google.com/pubsub/quotas#resource_limits. */
const limits = {
  requestBytes: 10_000_000,
  requestMessages: 1000,
  attributes: 100,
  attributeKeyBytes: 256,
  attributeValueBytes: 1024,
  orderingKeyBytes: 1024,
};

/** Throws unless Google's service would take these messages in one request. */
export function checkLimits(messages: readonly NewMessage[]): void {
  if (messages.length === 0) throw invalidArgument('The request has no messages. Publish at least one.');
  if (messages.length > limits.requestMessages) {
    throw invalidArgument(
      `The request has ${messages.length} messages; the limit is ${limits.requestMessages}. Split it.`,
    );
  }
  let requestBytes = 0;
  for (const message of messages) {
    checkMessage(message);
    requestBytes += sizeOf(message);
  }
  if (requestBytes > limits.requestBytes) {
    throw invalidArgument(
      `The request has ${requestBytes} bytes; the limit is ${limits.requestBytes}. Split it, or store large data in a bucket.`,
    );
  }
}

function checkMessage({ data, attributes, orderingKey }: NewMessage): void {
  const entries = Object.entries(attributes);
  if (data.length === 0 && entries.length === 0) {
    throw invalidArgument('A message is empty. Each message needs data or at least one attribute.');
  }
  if (entries.length > limits.attributes) {
    throw invalidArgument(`A message has ${entries.length} attributes; the limit is ${limits.attributes}.`);
  }
  for (const [key, value] of entries) checkAttribute(key, value);
  if (exceeds(orderingKey, limits.orderingKeyBytes)) {
    throw invalidArgument(`An ordering key is longer than ${limits.orderingKeyBytes} bytes. Shorten it.`);
  }
}

function checkAttribute(key: string, value: string): void {
  if (key === '') throw invalidArgument('An attribute has an empty key. Name it.');
  // Google keeps "goog" for itself, except for what its own client libraries send with traced messages.
  if (key.startsWith('goog') && !key.startsWith('googclient_')) {
    throw invalidArgument(`The attribute "${key}" begins with "goog", which is reserved. Rename it.`);
  }
  if (exceeds(key, limits.attributeKeyBytes)) {
    throw invalidArgument(
      `The attribute key "${key}" is longer than ${limits.attributeKeyBytes} bytes. Shorten it.`,
    );
  }
  if (exceeds(value, limits.attributeValueBytes)) {
    throw invalidArgument(
      `The value of the attribute "${key}" is longer than ${limits.attributeValueBytes} bytes. Move it into the data.`,
    );
  }
}

function exceeds(text: string, bytes: number): boolean {
  // No character takes more than three bytes for each UTF-16 unit, so short texts need no counting.
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
}
