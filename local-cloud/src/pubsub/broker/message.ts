/** What a publisher hands in. */
export interface NewMessage {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/** A message as it is kept and delivered. One object is shared by all subscriptions that wait for it. */
export interface Message extends NewMessage {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly publishTime: number;
}

export function sizeOf(message: NewMessage): number {
  let size = message.data.length + message.orderingKey.length;
  for (const [key, value] of Object.entries(message.attributes)) size += key.length + value.length;
  return size;
}
