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
  /** From how many pieces it was composed. */
  componentCount: z.int().optional(),
});
export type ObjectRecord = z.infer<typeof objectSchema>;

const retentionPolicySchema = z.object({ retentionPeriod: seconds, effectiveTime: text });
const versioningSchema = z.object({ enabled: z.boolean() });
/** Nobody's rights are checked here; what is said of them is kept and shown. */
const iamConfigurationSchema = z.record(z.string(), z.unknown());

/** What a caller says about a bucket. */
const bucketAttributesSchema = z.object({
  labels: z.record(z.string(), z.string()).optional(),
  storageClass: text,
  versioning: versioningSchema.optional(),
  retentionPolicy: retentionPolicySchema.optional(),
  defaultEventBasedHold: flag,
  iamConfiguration: iamConfigurationSchema.optional(),
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
});
export type BucketRecord = z.infer<typeof bucketSchema>;

export function patched(record: ObjectRecord, patch: AttributesPatch): ObjectRecord {
  const metadata = patch.metadata === null ? null : withoutNulls({ ...record.metadata, ...patch.metadata });
  return objectSchema.parse(withoutNulls({ ...record, ...patch, metadata }));
}

/** Programs send back the whole of what they got; only another location is more than can be had. */
export function patchedBucket(record: BucketRecord, { location, ...patch }: BucketPatch): BucketRecord {
  if (location && location.toUpperCase() !== record.location.toUpperCase()) {
    throw invalid(`The bucket is in ${record.location} and stays there. Make another one in ${location}.`);
  }
  const labels = patch.labels === null ? null : withoutNulls({ ...record.labels, ...patch.labels });
  return bucketSchema.parse(withoutNulls({ ...record, ...patch, labels }));
}

function withoutNulls(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
