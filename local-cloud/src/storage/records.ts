import { z } from 'zod';
import { invalid } from './storage-error.ts';

const text = z.string().optional();
const flag = z.boolean().optional();
/** 64-bit numbers are strings on the wire; some clients send them as numbers. */
const seconds = z.coerce.number().int().positive();

/** What a caller says about an object. */
export const attributesSchema = z.object({
  contentType: text,
  contentEncoding: text,
  contentDisposition: text,
  contentLanguage: text,
  cacheControl: text,
  customTime: text,
  storageClass: text,
  temporaryHold: flag,
  eventBasedHold: flag,
  metadata: z.record(z.string(), z.string()).optional(),
});
export type Attributes = z.infer<typeof attributesSchema>;

/** A change of attributes: null takes one away. */
export const attributesPatchSchema = z.object({
  contentType: text.nullable(),
  contentEncoding: text.nullable(),
  contentDisposition: text.nullable(),
  contentLanguage: text.nullable(),
  cacheControl: text.nullable(),
  customTime: text.nullable(),
  temporaryHold: flag.nullable(),
  eventBasedHold: flag.nullable(),
  metadata: z.record(z.string(), z.string().nullable()).nullish(),
  storageClass: text,
});
export type AttributesPatch = z.infer<typeof attributesPatchSchema>;

/** The body of an upload: attributes, possibly the name, and checksums to verify. */
export const uploadBodySchema = attributesSchema.extend({ name: text, crc32c: text, md5Hash: text });

/** An object, or one version of it, as it is kept on disk. */
export const objectSchema = attributesSchema.extend({
  bucket: z.string(),
  name: z.string(),
  generation: z.int(),
  metageneration: z.int(),
  size: z.int(),
  crc32c: z.string(),
  md5Hash: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
  /** When another version took its place, or it was deleted. */
  timeDeleted: text,
  /** When its event-based hold was released: retention is counted anew from then. */
  releasedAt: text,
  /** From how many pieces it was composed. */
  componentCount: z.int().optional(),
});
export type ObjectRecord = z.infer<typeof objectSchema>;

const retentionPolicySchema = z.object({ retentionPeriod: seconds, effectiveTime: text });
const versioningSchema = z.object({ enabled: z.boolean() });
const uniformAccessSchema = z.strictObject({ enabled: z.boolean(), lockedTime: text });
/** Nobody's rights are checked here; what is said of them is kept and shown. */
const iamConfigurationSchema = z.strictObject({
  publicAccessPrevention: z.enum(['inherited', 'enforced', 'unspecified']).optional(),
  uniformBucketLevelAccess: uniformAccessSchema.optional(),
  bucketPolicyOnly: uniformAccessSchema.optional(),
});

/** What a caller says about a bucket. */
const bucketAttributesSchema = z.object({
  labels: z.record(z.string(), z.string()).optional(),
  storageClass: text,
  versioning: versioningSchema.optional(),
  retentionPolicy: retentionPolicySchema.optional(),
  defaultEventBasedHold: flag,
  iamConfiguration: iamConfigurationSchema.optional(),
  /** The two regions of a bucket that is in no region of Google's own pairs. */
  customPlacementConfig: z.strictObject({ dataLocations: z.array(z.string()).length(2) }).optional(),
});

export const newBucketSchema = bucketAttributesSchema.extend({ name: z.string(), location: text });
export type NewBucket = z.infer<typeof newBucketSchema>;

export const bucketPatchSchema = z.object({
  labels: z.record(z.string(), z.string().nullable()).nullish(),
  storageClass: text,
  versioning: versioningSchema.nullish(),
  retentionPolicy: retentionPolicySchema.nullish(),
  defaultEventBasedHold: flag.nullable(),
  iamConfiguration: iamConfigurationSchema.nullish(),
  location: text,
});
export type BucketPatch = z.infer<typeof bucketPatchSchema>;

/** A bucket as it is kept on disk. */
export const bucketSchema = bucketAttributesSchema.extend({
  name: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
  metageneration: z.int(),
  location: z.string(),
  retentionPolicy: retentionPolicySchema.extend({ isLocked: flag }).optional(),
});
export type BucketRecord = z.infer<typeof bucketSchema>;

/** Programs send back the whole of what they got; only another class of storage is more than can be had. */
export function patched(record: ObjectRecord, { storageClass, ...patch }: AttributesPatch): ObjectRecord {
  const present = record.storageClass ?? 'STANDARD';
  if (storageClass && storageClass !== present) {
    throw invalid(
      `The object is stored as ${present} and stays so. Rewrite it to have it as ${storageClass}.`,
    );
  }
  return objectSchema.parse(
    withoutNulls({ ...record, ...patch, metadata: merged(record.metadata, patch.metadata) }),
  );
}

/** The same for a bucket and its location. */
export function patchedBucket(record: BucketRecord, { location, ...patch }: BucketPatch): BucketRecord {
  if (location && location.toUpperCase() !== record.location.toUpperCase()) {
    throw invalid(`The bucket is in ${record.location} and stays there. Make another one in ${location}.`);
  }
  const labels = merged(record.labels, patch.labels);
  const iamConfiguration = merged(record.iamConfiguration, patch.iamConfiguration);
  const retentionPolicy = merged(record.retentionPolicy, patch.retentionPolicy);
  return bucketSchema.parse(withoutNulls({ ...record, ...patch, labels, iamConfiguration, retentionPolicy }));
}

/** Null when nothing is left. */
function merged(present: object | undefined, patch: object | null | undefined): object | null {
  const fields = patch === null ? {} : withoutNulls({ ...present, ...patch });
  return Object.keys(fields).length === 0 ? null : fields;
}

function withoutNulls(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
