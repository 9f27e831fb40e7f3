import { z } from 'zod';
import { decidedBy, decisionKinds } from './decisions.ts';
import { batchId, subject } from './notes.ts';
import { interval, report } from './report.ts';
import { time } from './time.ts';

// What `predict-api` answers about models, decisions on them and what becomes of people's ratings.

const label = z.string();
const seconds = z.number().nullable();

const job = z.object({
  job_id: batchId,
  model_file_name: z.string(),
  records: z.number(),
  accuracy: z.number(),
  data_prep_time: z.number(),
  training_time: z.number(),
  testing_time: z.number(),
  promoted: z.boolean(),
  /** The rule of the gate that decided, and its decision in words. */
  rule: z.string().nullable(),
  reason: z.string(),
  fingerprint: z.string().nullable(),
  /** The model that answered when this one was judged. */
  parent: z.string().nullable(),
  created: time,
});
export type JobAnswer = z.infer<typeof job>;
/** A job as Redis lists it. */
export const listedJob: z.ZodType<JobAnswer> = job;

const decisionRecord = z.object({
  kind: z.enum(decisionKinds),
  model_file_name: z.string(),
  promoted: z.boolean(),
  made_by: z.string(),
  why: z.string(),
  /** The model that a person's decision took out of service. */
  replaces: z.string().nullable(),
  created: time,
});
export const decisionsAnswer = z.object({ decisions: z.array(decisionRecord) });
export type DecisionAnswer = z.infer<typeof decisionRecord>;
export const announcedDecision = z.object({
  kind: z.enum(decisionKinds),
  /** The model that answers from now on. */
  model_file_name: z.string(),
  replaces: z.string().nullable(),
  by: z.string(),
  why: z.string(),
  created: time,
});

const model = job.extend({ report });
export type ModelAnswer = z.infer<typeof model>;
/** A model from elsewhere that will be judged. */
export const acceptedModel = z.object({ job_id: batchId, result: z.string() });
export const modelAnswer = model.extend({ live: z.boolean() });
export const modelsAnswer = z.object({
  models: z.array(model),
  /** The model that answers now, and how it came to that; a pin says that trainings change nothing. */
  live: decisionRecord
    .pick({ kind: true, model_file_name: true, made_by: true, why: true, created: true })
    .nullable(),
});

export const jobsAnswer = z.object({
  /** The report is null while the database is away. */
  jobs: z.array(job.extend({ report: report.nullable() })),
  source: z.enum(['cache', 'database']),
  /** From a correction to the first answer of a model that learned it. Null while the database is away. */
  correction_to_live: z
    .object({ corrections: z.number(), p50_seconds: seconds, p95_seconds: seconds })
    .nullable(),
  /** Requests for a training that came to nothing, the newest first. */
  skipped: z.array(
    z.object({ batch_id: batchId, fingerprint: z.string(), reason: z.string(), created: time }),
  ),
});
export type JobsAnswer = z.infer<typeof jobsAnswer>;

const share = z.number().min(0).max(1);
const sideOfComparison = z.object({ correct: z.number(), interval, log_loss: z.number() });
const called = z.object({ label, probability: share });

/** Two models on the same items: known ones, which they may have learned from, and the latest answers. */
export const comparisonAnswer = z.object({
  first: z.string(),
  second: z.string(),
  rows: z.number(),
  /** Of how many it is known what they are: the figures of each side are of these. */
  known: z.number(),
  differ: z.number(),
  sides: z.object({ first: sideOfComparison, second: sideOfComparison }),
  /** The kinds of items on which they differ, that with the largest share of such items first. */
  segments: z.array(
    z.object({
      kind: z.enum(['class', 'category', 'region']),
      name: z.string(),
      rows: z.number(),
      differ: z.number(),
      /** On how many only the one is right. */
      only_first: z.number(),
      only_second: z.number(),
    }),
  ),
  /** The items on which they differ, those first on which both are surest. */
  items: z.array(
    z.object({
      /** Null for an item of the data set's own. */
      batch_id: batchId.nullable(),
      subject: z.string().nullable(),
      features: z.array(z.union([z.number(), z.string(), z.boolean(), z.null()])),
      /** What it is, where that is known. */
      truth: label.nullable(),
      first: called,
      second: called,
    }),
  ),
});

/** How numbers have been that nothing else tells the past of, oldest first. */
export const trendsAnswer = z.object({
  trends: z.array(
    z.object({
      name: z.enum(['drift', 'set aside', 'queue age']),
      points: z.array(z.object({ at: time, value: z.number() })),
    }),
  ),
});
export type TrendsAnswer = z.infer<typeof trendsAnswer>;

const receipt = z.object({
  subject: z.string(),
  prediction: label,
  /** With two classes: the probability of class 1, by the model that answered. */
  score: z.number().nullable(),
  predicted_by: z.string().nullable(),
  rating: z.union([z.literal(0), z.literal(1)]),
  /** With more than two classes: what the reviewer said it is; null where nobody said so. */
  true_label: label.nullable().optional(),
  reviewer: z.string().nullable(),
  rated_at: time,
  /** The row that models learn from or are judged by: the rated note and what it is by the rating. */
  training_row: z.object({ position: z.number(), label, role: z.string().nullable() }).nullable(),
  job_id: batchId.nullable(),
  /** The first model made with this rating. */
  model: z.object({ model_file_name: z.string(), promoted: z.boolean(), reason: z.string() }).nullable(),
  /** What the model that answers now says of the note. Null while no model can be had. */
  now: z
    .object({
      model_file_name: z.string(),
      prediction: label,
      /** How probable that is. */
      probability: z.number(),
      /** With two classes: the probability of class 1. */
      score: z.number().optional(),
    })
    .nullable(),
  live_at: time.nullable(),
  correction_to_live_seconds: seconds,
  /** All of it for a reader. */
  words: z.string(),
});
export type Receipt = z.infer<typeof receipt>;
export const receiptAnswer = z.object({ batch_id: batchId, receipts: z.array(receipt) });

const reviewer = z.object({
  /** Null stands for all who gave no name. */
  reviewer: z.string().nullable(),
  labels: z.number(),
  /** Labels that rows of the data set's own say something about, and of those the ones that they find right. */
  checked: z.number(),
  plausible: z.number(),
  /** Labels of items that others have labelled, too, and of those the ones that agree with every other. */
  shared: z.number(),
  agreeing: z.number(),
  set_aside: z.number(),
  /** The share of labels that is taken for right; a tenth is taken for wrong of a reviewer of whom nothing is known. */
  reliability: z.number(),
});
export type ReviewerAnswer = z.infer<typeof reviewer>;
export const reviewersAnswer = z.object({
  reviewers: z.array(reviewer),
  /** Labels that nothing is learned from until somebody settles them. */
  set_aside: z.number(),
  /** Models since the last promoted one. */
  refusals_in_a_row: z.number(),
});

/** What an operator says of a label: whatever else is known, it is learned from, or it is not. */
export const labelDecisionBody = z.strictObject({
  batch_id: batchId,
  subject,
  learn: z.boolean('Say whether it is to be learned from.'),
  ...decidedBy,
});

/** How the models do on what people send, and whether that is still what they learned from. */
export const qualityAnswer = z.object({
  live_model: z.string().nullable(),
  models: z.array(
    z.object({
      model_file_name: z.string(),
      rated: z.number(),
      correct: z.number(),
      accuracy: z.number(),
      interval,
    }),
  ),
  drift: z.array(
    z.object({
      name: z.string(),
      learned: z.number(),
      answered: z.number(),
      /** The population stability index; null while there are too few answers to tell. */
      psi: z.number().nullable(),
      drifted: z.boolean(),
      /** Each holds the values from `lower` on, and below `upper`; null where there is no such end. */
      bins: z.array(
        z.object({
          lower: z.number().nullable(),
          upper: z.number().nullable(),
          /** The one value that it stands for: a category, yes or no, or that nothing is known. */
          label: z.string().optional(),
          learned_share: z.number(),
          answered_share: z.number(),
        }),
      ),
    }),
  ),
  /** What crosses a threshold now, in words that stay the same for as long as it does. */
  alerts: z.array(z.string()),
  /** The model before, if people find the live one wrong clearly more often than they found that. */
  better_before: z.string().nullable(),
});
export type QualityAnswer = z.infer<typeof qualityAnswer>;
export type FeatureDrift = QualityAnswer['drift'][number];
export type DriftBin = FeatureDrift['bins'][number];
