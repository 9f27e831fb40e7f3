import { z } from 'zod';
import type { DataSet } from '../data-set/declaration.ts';
import { perDataSet } from '../data-set/per-data-set.ts';
import type { Value } from '../data-set/row.ts';
import { classNames } from './classes.ts';
import { ratingsBody } from './messages.ts';
import { batchId, featureValue, row, subject } from './notes.ts';
import { time } from './time.ts';

// What the two APIs answer: the docs are made from these, and the page takes its types from them.

const probability = z.number().min(0).max(1);

export const problem = z.object({
  status_text: z.string(),
  message: z.string(),
  field: z.string().optional(),
});

export const acceptedNotes = perDataSet(dataSet =>
  z.object({
    batch_id: batchId,
    subjects: z.array(subject),
    features: z.array(row(dataSet)),
    /** Where the result will be. */
    result: z.string(),
  }),
);

export const acceptedRatings = perDataSet(dataSet => ratingsBody(dataSet).safeExtend({ batch_id: batchId }));

/** A batch as Redis lists it. */
export const batchSummary = z.object({
  batch_id: batchId,
  subjects: z.array(z.string()),
  /** The names of the classes that the notes were called. */
  predictions: z.array(z.string()),
  created: time,
});
export type BatchSummaryAnswer = z.infer<typeof batchSummary>;

/** Whether an answer came from Redis or, Redis being away or too short for it, from Postgres. */
const source = z.enum(['cache', 'database']);

export const batchSummaries = z.array(batchSummary);

export const batchPage = z.object({
  batches: batchSummaries,
  source,
  /** What to ask for as `cursor` to see older ones; null at the end. */
  next: z.string().nullable(),
});

const answerFields = {
  subject: z.string(),
  prediction: z.string(),
  /** With two classes: the probability of class 1. */
  score: probability.nullable().optional(),
  /** With more: that of each class, in their order. */
  probabilities: z.array(probability).nullable().optional(),
  /** How unlike anything that the model had learned from: the share of known items that are less so. */
  unlike: probability.nullable().optional(),
  /** Whether the answer stands for "don't know". */
  abstained: z.boolean().nullable().optional(),
  model_file_name: z.string().nullable(),
  rating: z.union([z.literal(0), z.literal(1)]).nullable(),
  /** What it really is, where a reviewer said so. */
  true_label: z.string().nullable().optional(),
  reviewer: z.string().nullable(),
  created: time,
  /** Only of a note to look at again: the label that looks wrong or is set aside, and why. */
  look_again: z
    .object({
      label: z.string(),
      reason: z.string(),
      /** What found it: suspicion, distance from all that is known, an odd value, a refused model, or an operator. */
      found_by: z.string(),
      /** Whether nothing is learned from it until somebody settles it. */
      set_aside: z.boolean(),
      /** How probably the label is wrong; null where nothing known says anything about it. */
      suspicion: probability.nullable(),
      rated_at: time,
    })
    .optional(),
};

/** What became of a note, and the note itself by the names of its columns. */
export type NoteAnswer = z.infer<z.ZodObject<typeof answerFields>> & {
  readonly [column: string]: Value | readonly number[] | NonNullable<LookAgain> | undefined;
};
type LookAgain = z.infer<typeof answerFields.look_again>;
type NoteInput = z.input<z.ZodObject<typeof answerFields>> & Readonly<Record<string, unknown>>;

const note = perDataSet((dataSet): z.ZodType<NoteAnswer, NoteInput> => {
  const columns = dataSet.features.map(feature => [feature.column, featureValue(feature)] as const);
  return z.object({ ...Object.fromEntries(columns), ...answerFields });
});

export const batchAnswer = perDataSet(dataSet =>
  z.object({ batch_id: batchId, notes: z.array(note(dataSet)) }),
);
export type BatchAnswer = z.infer<ReturnType<typeof batchAnswer>>;

export const reviewAnswer = perDataSet(dataSet =>
  z.object({ notes: z.array(note(dataSet).and(z.object({ batch_id: batchId }))) }),
);
export type ReviewNote = z.infer<ReturnType<typeof reviewAnswer>>['notes'][number];

const reviewItem = z.object({ batch_id: batchId, subject });

/** By which an item comes before another. */
export const reviewOrder = z.enum(['newest', 'uncertain', 'unlike', 'valuable', 'look-again']);
export type ReviewOrder = z.infer<typeof reviewOrder>;

/** More would be nothing that a person looks at before the lease ends. */
const mostLeased = 200;

/** What a reviewer asks for: items that nobody else is shown meanwhile. */
export const leaseBody = z.strictObject({
  /** Anything that tells this window from every other one. */
  holder: z.string().min(8).max(100),
  order: reviewOrder.default('newest'),
  count: z.int().min(0).max(mostLeased).default(50),
  /** Items of before that are still being worked on: they are kept for as long again. */
  keep: z.array(reviewItem).max(mostLeased).default([]),
  /** Items of before that somebody else may have. */
  hand_back: z.array(reviewItem).max(mostLeased).default([]),
  /** Since when ratings are counted, midnight where the reviewer is say. */
  since: z.iso.datetime({ offset: true }),
  /** Whose ratings are counted. */
  reviewer: z.string().max(200).optional(),
});

/** Items that are the caller's until then, and how far the review has come. */
export const leaseAnswer = perDataSet(dataSet =>
  reviewAnswer(dataSet).extend({
    ends: time,
    /** How many nobody has rated, whoever works on them. */
    left: z.number(),
    /** Ratings since then: everybody's, and the reviewer's. */
    today: z.number(),
    yours: z.number(),
  }),
);
export type LeaseAnswer = z.infer<ReturnType<typeof leaseAnswer>>;

const explanationFields = {
  /** The class whose probability is explained: with two classes class 1, with more the one that the item was called. */
  explains: z.string(),
  /** What the model says of that class on average of some rows that it was trained on. */
  base: probability,
  /** What each feature adds to the base or takes from it, by its column: together they are the probability. */
  contributions: z.record(z.string(), z.number()),
};

/** The smallest change of one feature, within what is known of it, that makes another answer. */
const nearestChange = z.object({
  column: z.string(),
  value: z.union([z.number(), z.string(), z.boolean(), z.null()]),
  /** With numbers: on which side of the value the answer is the other. */
  direction: z.enum(['above', 'below']).optional(),
  label: z.string(),
});

export const explanationAnswer = z.object({
  batch_id: batchId,
  subject: z.string(),
  model_file_name: z.string(),
  ...explanationFields,
});

export const predictionAnswer = z.object({
  batch_id: batchId,
  model_file_name: z.string(),
  /** Why there is no explanation, where one was asked for. */
  unexplained: z.string().optional(),
  predictions: z.array(
    z.object({
      subject: z.string(),
      label: z.string(),
      /** How probable the label is, by the model. */
      probability,
      /** With two classes: the probability of class 1. */
      score: probability.optional(),
      /** With more: that of each class by its name. */
      probabilities: z.record(z.string(), probability).optional(),
      /** How unlike anything that the model has learned from: the share of known items that are less so. */
      unlike: probability.optional(),
      /** Whether the answer stands for "don't know", by the settings of the service. */
      abstained: z.boolean().optional(),
      ...z.object(explanationFields).partial().shape,
      /** Only where it was asked for; null where no single feature turns the answer over. */
      nearest_change: nearestChange.nullable().optional(),
    }),
  ),
});
export type PredictionAnswer = z.infer<typeof predictionAnswer>;

export const samplesAnswer = perDataSet(dataSet =>
  z.object({ samples: z.array(z.object({ features: row(dataSet), label: z.enum(classNames(dataSet)) })) }),
);
export type SampleItem = z.infer<ReturnType<typeof samplesAnswer>>['samples'][number];

/** A declaration, which was checked when it was read. */
export const dataSetAnswer = z.custom<DataSet>().meta({
  type: 'object',
  description: 'The name, the item, the features in their order, the label and its classes, and the source.',
});

const deadLetter = z.object({
  id: z.string(),
  function: z.string(),
  topic: z.string().nullable(),
  reason: z.string(),
  field: z.string().nullable(),
  attempts: z.number(),
  arrived: time,
});
export type DeadLetterAnswer = z.infer<typeof deadLetter>;
export const deadLettersAnswer = z.object({
  dead_letters: z.array(deadLetter),
  /** Whether there are others beside these. */
  more: z.boolean(),
});
/** Letters of one cause are replayed together, some at a time, so that one sees how far it has come. */
export const replayBody = z.strictObject({ ids: z.array(z.string()).min(1).max(100) });
/** How many of them were still there. */
export const replayedCount = z.object({ replayed: z.number() });
export const replayedAnswer = z.object({ replayed: z.array(z.string()) });

const queue = z.object({
  /** The function that the messages wait for, or `dead-letter`. */
  name: z.string(),
  waiting: z.number(),
  oldest_seconds: z.number().nullable(),
  /** Messages done in a second, lately. */
  rate: z.number().nullable(),
  /** How long a message was being worked on, on average, lately. */
  ack_ms: z.number().nullable(),
  /** When all this was counted. */
  counted_at: z.iso.datetime({ offset: true }),
});
export type QueueAnswer = z.infer<typeof queue>;
export const queuesAnswer = z.object({ queues: z.array(queue) });
