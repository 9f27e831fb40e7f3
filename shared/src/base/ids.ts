import { createHash } from 'node:crypto';
import { takeRandomBytes } from './random-bytes.ts';

/** A name-based UUID (version 8, SHA-256): the same words always give the same id. */
export function uuidFromName(...words: readonly string[]): string {
  const bytes = createHash('sha256').update(words.join('\u0000')).digest().subarray(0, 16);
  return format(bytes, 8);
}

/** A UUID of version 7: random, and ordered by the time at which it was made. */
export function timeOrderedUuid(now = Date.now()): string {
  const bytes = takeRandomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  return format(bytes, 7);
}

const ownerBytes = 5;

/** The same id, but its end tells whose it is to those who know the name. */
export function withOwner(id: string, owner: string): string {
  return id.slice(0, -2 * ownerBytes) + ownerMark(owner);
}

export function isOwnedBy(id: string, owner: string): boolean {
  return id.endsWith(ownerMark(owner));
}

/** How the ids of somebody's own batches end. */
export function ownerMark(owner: string): string {
  return createHash('sha256')
    .update(`owner\u0000${owner}`)
    .digest('hex')
    .slice(0, 2 * ownerBytes);
}

function format(bytes: Buffer, version: number): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
