import type { Message } from '../broker/message.ts';
import type { JournalRecord } from './record.ts';

type JsonMessage = Omit<Message, 'data'> & { readonly data: string };
type MessageRecord = Extract<JournalRecord, { kind: 'message' }>;
type JsonRecord =
  | Exclude<JournalRecord, MessageRecord>
  | (Omit<MessageRecord, 'message'> & { readonly message: JsonMessage });

/** One record as one line of JSON; the bytes of a message are written in base64. */
export function formatRecord(record: JournalRecord): string {
  return `${JSON.stringify(record.kind === 'message' ? { ...record, message: toJson(record.message) } : record)}\n`;
}

export function parseRecord(line: string): JournalRecord {
  const record: JsonRecord = JSON.parse(line);
  return record.kind === 'message' ? { ...record, message: fromJson(record.message) } : record;
}

function toJson(message: Message): JsonMessage {
  return { ...message, data: Buffer.from(message.data).toString('base64') };
}

function fromJson(message: JsonMessage): Message {
  return { ...message, data: Buffer.from(message.data, 'base64') };
}
