import { z } from 'zod';

/** What is written down of what people and programs do. */
export const auditActions = [
  /** Which model answers was decided, by a training's gate or by hand. */
  'model-decision',
  /** A model from elsewhere was taken in, to be judged. */
  'model-import',
  /** An operator settled whether a label is learned from. */
  'label-decision',
  /** Ratings were taken back. */
  'withdrawal',
  /** Ratings were given in another's name. */
  'rating-for-another',
  'dead-letter-replay',
  'sign-in',
  'sign-out',
  /** All that is kept of a person was handed out. */
  'person-export',
  /** A person was forgotten; a pseudonym stands in the place of the name, here too. */
  'person-forgotten',
  /** What was older than it had to be was deleted. */
  'records-expired',
  /** A caller saw what others had sent. */
  'read',
  /** A caller was not let in, or may not do what was asked for. */
  'refusal',
] as const;
export type AuditAction = (typeof auditActions)[number];

const auditRecord = z.object({
  /** They count up, and are the order. */
  id: z.int(),
  created: z.iso.datetime(),
  /** The name that a token proves, else the address, or what the command line says. */
  who: z.string(),
  /** Where it came from, as far as trusted proxies tell; nothing where it came by a message or the command line. */
  address: z.string().nullable(),
  action: z.enum(auditActions),
  /** What it was done to. */
  target: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
  /** So many of the same kind within a moment stand as one. */
  times: z.int().min(1),
});
export type AuditRecord = z.infer<typeof auditRecord>;

const mostRecords = 1_000;
const filters = {
  /** The whole name. */
  who: z.string().max(500).optional(),
  action: z.enum(auditActions).optional(),
  /** A part of what it was done to. */
  target: z.string().max(500).optional(),
  address: z.string().max(500).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
};

export const auditQuery = z.object({
  ...filters,
  limit: z.coerce.number().int().min(1).max(mostRecords).default(100),
  /** The `next` of the page before. */
  cursor: z.coerce.number().int().min(1).optional(),
});

export const auditPage = z.object({ records: z.array(auditRecord), next: z.int().nullable() });

export const auditExportQuery = z.object({ ...filters, format: z.enum(['csv', 'ndjson']).default('ndjson') });
