import { z } from 'zod';

const days = z.coerce.number().int().min(1);

/** How long what is kept is kept, in days; left out, for ever. */
export const keepSettings = z.object({
  /** Predictions that nobody has rated. */
  KEEP_UNRATED_DAYS: days.optional(),
  /** Whether they go into the bucket first, as CSV. */
  KEEP_ARCHIVE: z.enum(['on', 'off']).default('off'),
  /** Models that were refused and that nothing has come to depend on, with their files and jobs. */
  KEEP_REFUSED_MODELS_DAYS: days.optional(),
  /** The numbers that people watch, and trainings that were put off. */
  KEEP_RECORDS_DAYS: days.optional(),
  KEEP_AUDIT_DAYS: days.min(90, 'the audit log is kept for 90 days at least').optional(),
});
export type KeepSettings = z.output<typeof keepSettings>;

/** Whether nothing ever goes. */
export function keepsForEver({ KEEP_ARCHIVE: _, ...days }: KeepSettings): boolean {
  return Object.values(days).every(value => value === undefined);
}
