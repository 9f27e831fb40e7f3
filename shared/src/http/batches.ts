import { timeOrderedUuid, uuidFromName } from '../base/ids.ts';
import { readItemsCsv } from '../data-set/csv.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { HttpError } from './reply.ts';
import type { Request } from './route.ts';

const maxNotes = 10_000;

/** Refuses a batch that is too large to be worked on at once. */
export function requireFewNotes({ length }: readonly unknown[]): void {
  if (length <= maxNotes) return;
  throw new HttpError(413, `${length} notes are too many: send at most 10,000 at a time.`, {
    field: 'features',
  });
}

/** The notes of a CSV file, as the body of a request has them. */
export function notesFromCsv(dataSet: DataSet, text: string): unknown {
  const { subjects, features, problems } = readItemsCsv(dataSet, text);
  const [first] = problems;
  if (first) throw new HttpError(400, first.message, { field: `line ${first.line}` });
  return { subjects, features };
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
