import { z } from 'zod';
import { subject } from './notes.ts';

const count = z.int().min(0);
const rows = z.array(z.record(z.string(), z.unknown()));

/** A person by the name that a token proves, or that they gave where nobody signs in. */
const person = subject;

const taught = z.object({
  model_file_name: z.string(),
  /** So many of the person's labels it learned, and so many judged it. */
  learned: count,
  judged: count,
});

/** All that is kept of a person, as it is kept. */
export const personRecords = z.object({
  /** Predictions with the rating that the person gave last. */
  ratings: rows,
  /** What models learn from, by the person's word; or by another's that this one agreed with, or decided on. */
  training_rows: rows,
  /** What the person said last of each item, also where somebody else has said something since. */
  words: rows,
  decisions: rows,
  models: rows,
  skipped_trainings: rows,
  /** Items that the person works on, or did within the last hour. */
  review_leases: rows,
  /** How often the person's labels turned out improbable. */
  reviewer_counts: rows,
  audit: rows,
  /** Batches that the person sent, where callers are known by tokens. */
  own_batches: z.array(z.string()),
  models_taught: z.array(taught),
  /** Messages that could not be processed, with the person's name in them. */
  dead_letters: rows,
});
export type PersonRecords = z.infer<typeof personRecords>;

export const personExport = personRecords.extend({
  person: z.string(),
  exported: z.iso.datetime(),
  /** What finds the person's lines in the logs: values of `caller`, and of `correlation_id`. */
  logs: z.object({ caller: z.string(), correlation_ids: z.array(z.string()) }),
});
export type PersonExport = z.infer<typeof personExport>;

/** The name is in the body, and in no address: addresses stand in logs. */
export const exportPersonBody = z.strictObject({ person });

export const forgetPersonBody = z.strictObject({
  person,
  /** Only says what would go. */
  dry_run: z.boolean().default(false),
});

/** What went, or would go. */
export const forgotten = z.object({
  /** What stands in the place of the name wherever a record stays. */
  pseudonym: z.string(),
  found: z.object({
    ratings: count,
    training_rows: count,
    words: count,
    /** Labels of others that this person had agreed with, or decided on. */
    labels_of_others: count,
    decisions: count,
    models: count,
    jobs: count,
    skipped_trainings: count,
    audit: count,
    review_leases: count,
    reviewer_counts: count,
  }),
  dead_letters: count,
  /** Models that learned from the person's labels, as far as is known. They stay what they are: a training follows. */
  models_taught: z.array(taught),
});
export type Forgotten = z.infer<typeof forgotten>;

export const forgetPersonAnswer = forgotten.extend({ retraining: z.boolean() });
