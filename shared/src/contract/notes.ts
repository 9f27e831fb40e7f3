import { z } from 'zod';

import { featureNames } from './features.ts';

export { type Features, featureNames } from './features.ts';

// JSON has no NaN, but 1e999 parses to Infinity; z.number() refuses both.
export const features = z.tuple([z.number(), z.number(), z.number(), z.number()]);

export function isFeatures(value: unknown): boolean {
  return Array.isArray(value) && value.length === featureNames.length && value.every(Number.isFinite);
}

const longestSubject = 200;

/**
 * The name under which people know a note. PostgreSQL cannot store U+0000, and a lone surrogate would come back as
 * another character: such a name would never be found again, so it is refused at the door.
 */
export const subject = z
  .string()
  .min(1, 'A subject has at least one character.')
  .max(longestSubject, `A subject has at most ${longestSubject} characters.`)
  .refine(isStorable, 'A subject is well-formed text without U+0000.');

export function isSubject(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= longestSubject && isStorable(value);
}

export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** Any version and variant, as PostgreSQL stores them all; one spelling, since Redis and the logs compare text. */
export const batchId = z.guid('A batch id is a UUID.').toLowerCase();

/** The parameters of the paths under `/batches/{id}`. */
export const batchPath = z.object({ id: batchId });
