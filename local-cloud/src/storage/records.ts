import { z } from 'zod';

const text = z.string().optional();

/** What a caller says about an object. */
export const attributesSchema = z.object({
  contentType: text,
  contentEncoding: text,
  contentDisposition: text,
  contentLanguage: text,
  cacheControl: text,
  customTime: text,
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
  metadata: z.record(z.string(), z.string().nullable()).nullish(),
});
export type AttributesPatch = z.infer<typeof attributesPatchSchema>;

/** The body of an upload: attributes, possibly the name, and checksums to verify. */
export const uploadBodySchema = attributesSchema.extend({ name: text, crc32c: text, md5Hash: text });

/** An object as it is kept on disk. */
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
});
export type ObjectRecord = z.infer<typeof objectSchema>;

export const bucketSchema = z.object({
  name: z.string(),
  timeCreated: z.string(),
  updated: z.string(),
  metageneration: z.int(),
  labels: z.record(z.string(), z.string()).optional(),
  location: z.string(),
});
export type BucketRecord = z.infer<typeof bucketSchema>;

export function patched(record: ObjectRecord, patch: AttributesPatch): ObjectRecord {
  const metadata = patch.metadata === null ? null : withoutNulls({ ...record.metadata, ...patch.metadata });
  return objectSchema.parse(withoutNulls({ ...record, ...patch, metadata }));
}

function withoutNulls(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
