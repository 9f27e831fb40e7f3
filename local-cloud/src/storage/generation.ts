import type { ObjectRecord } from './records.ts';
import { notFound } from './storage-error.ts';

/** Only the live generation is kept, as in a bucket without versioning: asking for another one finds nothing. */
export function verifyGeneration(record: ObjectRecord, query: URLSearchParams): ObjectRecord {
  const wanted = query.get('generation') ?? query.get('sourceGeneration');
  if (wanted === null || Number(wanted) === record.generation) return record;
  throw notFound(`No such object: ${record.bucket}/${record.name}#${wanted}`);
}
