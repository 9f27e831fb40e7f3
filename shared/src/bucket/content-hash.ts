import { createHash } from 'node:crypto';

/** What PostgreSQL keeps of a model file: who can write to the bucket, and has a key even, cannot change it there. */
export function contentHash(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
