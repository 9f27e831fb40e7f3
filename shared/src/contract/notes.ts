import { z } from 'zod';

export { type Features, featureNames } from './features.ts';

// JSON has no NaN, but 1e999 parses to Infinity; z.number() refuses both.
export const features = z.tuple([z.number(), z.number(), z.number(), z.number()]);

/**
 * The name under which people know a note. PostgreSQL cannot store U+0000, and a lone surrogate would come back as
 * another character: such a name would never be found again, so it is refused at the door.
 */
export const subject = z
  .string()
  .min(1, 'A subject has at least one character.')
  .max(200, 'A subject has at most 200 characters.')
  .refine(
    name => !name.includes('\u0000') && name.isWellFormed(),
    'A subject is well-formed text without U+0000.',
  );

/** Any version and variant, as PostgreSQL stores them all; one spelling, since Redis and the logs compare text. */
export const batchId = z.guid('A batch id is a UUID.').toLowerCase();

/** The parameters of the paths under `/batches/{id}`. */
export const batchPath = z.object({ id: batchId });
