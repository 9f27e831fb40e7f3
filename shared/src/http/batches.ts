import { timeOrderedUuid, uuidFromName } from '../base/ids.ts';
import { mostNotes } from '../contract/bounds.ts';
import { HttpError } from './reply.ts';
import type { Request } from './route.ts';

/** Refuses a batch that is too large to be worked on at once. */
export function requireFewNotes({ length }: readonly unknown[]): void {
  if (length <= mostNotes) return;
  throw new HttpError(413, `${length} notes are too many: send at most 10,000 at a time.`, {
    field: 'features',
  });
}

/**
 * The id of a new batch. With an `Idempotency-Key` it follows from caller, key and content: the same request sent again
 * is the same batch, which is predicted once, and nothing has to be remembered for it.
 */
export function batchIdFor(
  { principal, idempotencyKey }: Pick<Request, 'principal' | 'idempotencyKey'>,
  content: unknown,
): string {
  if (idempotencyKey === undefined) return timeOrderedUuid();
  return uuidFromName('batch', principal, idempotencyKey, JSON.stringify(content));
}
