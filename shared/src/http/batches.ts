import { setImmediate } from 'node:timers/promises';
import { isOwnedBy, timeOrderedUuid, uuidFromName, withOwner } from '../base/ids.ts';
import { mostNotes } from '../contract/bounds.ts';
import { readUntrustedCsv } from '../data-set/csv.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Caller } from './access/tokens.ts';
import { HttpError } from './reply.ts';
import type { Request } from './route.ts';

/** Refuses a batch that is too large to be worked on at once. */
export function requireFewNotes({ items }: DataSet, { length }: readonly unknown[]): void {
  if (length <= mostNotes) return;
  throw new HttpError(413, `${length} ${items} are too many: send at most 10,000 at a time.`, {
    field: 'features',
  });
}

/** The notes of a CSV file, as the body of a request has them. */
export async function notesFromCsv(dataSet: DataSet, text: string): Promise<unknown> {
  const options = { most: mostNotes, pause: () => setImmediate() };
  const { subjects, features, problems } = await readUntrustedCsv(dataSet, text, options);
  const [first] = problems;
  if (first) throw new HttpError(400, first.message, { field: `line ${first.line}` });
  return { subjects, features };
}

/**
 * The id of a new batch. With an `Idempotency-Key` it follows from caller, key and content: the same request sent again
 * is the same batch, which is predicted once, and nothing has to be remembered for it.
 */
export function batchIdFor(
  { caller, idempotencyKey }: Pick<Request, 'caller' | 'idempotencyKey'>,
  content: unknown,
): string {
  const { principal, verified } = caller;
  const id =
    idempotencyKey === undefined
      ? timeOrderedUuid()
      : uuidFromName('batch', principal, idempotencyKey, JSON.stringify(content));
  return verified ? withOwner(id, principal) : id;
}

/** Whether a caller may see a batch: one's own, or everybody's. */
export function maySee({ principal, verified, scopes }: Caller, batchId: string): boolean {
  return !verified || scopes.has('notes:read') || isOwnedBy(batchId, principal);
}

/** To those who may not see it a batch is not there; that somebody sees another's is written down. */
export function requireOwnBatch(
  { caller, auditRead }: Pick<Request, 'caller' | 'auditRead'>,
  batchId: string,
): void {
  if (!maySee(caller, batchId)) throw new HttpError(404, `There is no batch ${batchId}, or none yet.`);
  if (isAnothers(caller, batchId)) auditRead(`batch ${batchId}`);
}

/** Where nobody signs in, nothing is anybody's. */
export function isAnothers({ principal, verified }: Caller, batchId: string): boolean {
  return verified && !isOwnedBy(batchId, principal);
}
