import type { Attributes, BucketPatch, BucketRecord, ObjectRecord } from './records.ts';
import { forbidden, invalid } from './storage-error.ts';

// What an object may be, and when it may be changed.

const longestObjectName = 1024;
const mostMetadata = 8 * 1024;

export function checkObjectName(name: string): void {
  const size = Buffer.byteLength(name);
  const isReserved = ['.', '..'].includes(name) || name.startsWith('.well-known/acme-challenge/');
  if (size > 0 && size <= longestObjectName && !/[\r\n]/.test(name) && !isReserved) return;
  throw invalid(
    `${JSON.stringify(name)} cannot be an object's name. Use 1 to ${longestObjectName} bytes without an end of line.`,
  );
}

export function checkMetadata({ metadata = {} }: Attributes): void {
  const size = Object.entries(metadata).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (size <= mostMetadata) return;
  throw invalid(`Metadata part is too large: ${size} bytes. An object's own metadata have ${mostMetadata}.`);
}

/** What is locked can only become longer. */
export function checkLock(
  { name, retentionPolicy: present }: BucketRecord,
  { retentionPolicy: wanted }: BucketPatch,
) {
  if (!present?.isLocked || wanted === undefined) return;
  if (wanted !== null && wanted.retentionPeriod >= present.retentionPeriod) return;
  throw forbidden(`The retention policy of the bucket ${name} is locked. It can only be made longer.`);
}

/** A retention policy says since when it holds. */
export function effective<Fields extends Pick<BucketPatch, 'retentionPolicy'>>(
  fields: Fields,
  now: string,
): Fields {
  const { retentionPolicy } = fields;
  return retentionPolicy
    ? { ...fields, retentionPolicy: { ...retentionPolicy, effectiveTime: now } }
    : fields;
}

export function checkNotHeld(record: ObjectRecord, bucket: BucketRecord): void {
  const where = `Object '${record.bucket}/${record.name}'`;
  if (record.temporaryHold || record.eventBasedHold) {
    throw forbidden(
      `${where} is under active hold and cannot be deleted, overwritten or archived until it is released.`,
    );
  }
  const until = retainedUntil(record, bucket);
  if (until !== undefined && Date.parse(until) > Date.now()) {
    throw forbidden(
      `${where} is subject to the bucket's retention policy and cannot be deleted, overwritten or archived until ${until}.`,
    );
  }
}

/** When the bucket's retention policy lets go of an object, if that is known. */
export function retainedUntil(
  { timeCreated, eventBasedHold, releasedAt = timeCreated }: ObjectRecord,
  { retentionPolicy }: BucketRecord,
): string | undefined {
  // Under an event-based hold nobody knows yet.
  if (retentionPolicy === undefined || eventBasedHold) return undefined;
  return new Date(Date.parse(releasedAt) + retentionPolicy.retentionPeriod * 1000).toISOString();
}
