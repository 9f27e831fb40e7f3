import { invalidArgument } from '../errors.ts';

export interface AckId {
  readonly messageId: string;
  /** The number of the lease under which the message was handed out. */
  readonly lease: number;
}

export function formatAckId(messageId: string, lease: number): string {
  return `${messageId}-${lease}`;
}

export function parseAckId(ackId: string): AckId {
  const [, messageId, lease] = /^(\d+)-(\d+)$/.exec(ackId) ?? [];
  if (messageId === undefined) {
    throw invalidArgument(`Invalid acknowledgement id: "${ackId}". Pass the ack_id of a received message.`);
  }
  return { messageId, lease: Number(lease) };
}
