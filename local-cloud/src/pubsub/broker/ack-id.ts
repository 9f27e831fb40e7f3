import { invalidArgument } from '../errors.ts';

export interface AckId {
  readonly messageId: string;
  readonly attempt: number;
}

export function formatAckId(messageId: string, attempt: number): string {
  return `${messageId}-${attempt}`;
}

export function parseAckId(ackId: string): AckId {
  const [, messageId, attempt] = /^(\d+)-(\d+)$/.exec(ackId) ?? [];
  if (messageId === undefined) {
    throw invalidArgument(`Invalid acknowledgement id: "${ackId}". Pass the ack_id of a received message.`);
  }
  return { messageId, attempt: Number(attempt) };
}
