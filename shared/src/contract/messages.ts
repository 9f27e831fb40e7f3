import { z } from 'zod';
import { perDataSet } from '../data-set/per-data-set.ts';
import { isRow, type Row } from '../data-set/row.ts';
import { classNames } from './classes.ts';
import { decision, modelFileName, mostCharacters } from './decisions.ts';
import { batches, sumOfBatches } from './joined-batches.ts';
import { batchId, isSubject, row, subject } from './notes.ts';
import { quickList } from './quick-list.ts';
import { announcedReport } from './report.ts';

// One schema for each kind of message, made of the declaration of the data set: it checks what is received, types what
// is published, and describes both in the docs. Unknown keys are ignored, so that a producer may be deployed before its
// consumers.

const subjects = quickList(
  z.array(subject).min(1, 'A batch has at least one subject.'),
  (list): list is string[] => list.length > 0 && list.every(isSubject),
);

const featureRows = perDataSet(dataSet =>
  quickList<Row>(z.array(row(dataSet)), (rows): rows is Row[] => rows.every(one => isRow(dataSet, one))),
);

/** Refuses lists that belong together but differ in length, naming the list that does not fit the subjects. */
function sameLength(...names: readonly string[]) {
  return (message: { readonly subjects: readonly string[] }, context: z.RefinementCtx): void => {
    for (const name of names) {
      const list: unknown = Reflect.get(message, name);
      if (!Array.isArray(list) || list.length === message.subjects.length) continue;
      const said = `${list.length} entries for ${message.subjects.length} subjects: there must be one for each.`;
      context.addIssue({ code: 'custom', path: [name], message: said });
    }
  };
}

const notes = perDataSet(dataSet => z.object({ subjects, features: featureRows(dataSet) }));

/** What a caller sends to have notes predicted: a request to be, but for the batch id. */
export const notesBody = perDataSet(dataSet => notes(dataSet).superRefine(sameLength('features')));

export const requestMessage = perDataSet(dataSet =>
  notes(dataSet)
    .extend({ batch_id: batchId, batches })
    .superRefine(sameLength('features'))
    .superRefine(sumOfBatches),
);
export type RequestMessage = z.infer<ReturnType<typeof requestMessage>>;

const share = z.number().min(0).max(1);

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isShares(value: unknown, count: number): value is number[] {
  return Array.isArray(value) && value.length === count && value.every(isShare);
}

/** The shares of so many classes; nobody looks at the values of a list of another length. */
function sharesOf(count: number): z.ZodType<number[]> {
  const { $schema: _, ...described } = z.toJSONSchema(z.array(share).length(count));
  return z
    .custom<number[]>(list => isShares(list, count), `It must be ${count} numbers from 0 to 1.`)
    .meta(described);
}

export const predictionMessage = perDataSet(dataSet => {
  const classes = classNames(dataSet);
  const known = new Set<unknown>(classes);
  return z
    .object({
      batch_id: batchId,
      subjects,
      input: featureRows(dataSet),
      output: quickList(z.array(z.enum(classes)), (list): list is string[] =>
        list.every(one => known.has(one)),
      ),
      /** With two classes: the probability of class 1. */
      scores: quickList(z.array(share), (list): list is number[] => list.every(isShare)).optional(),
      /** With more: the probability of each class, in their order. */
      probabilities: quickList(z.array(sharesOf(classes.length)), (list): list is number[][] =>
        list.every(one => isShares(one, classes.length)),
      ).optional(),
      /** How unlike anything that the model had learned from: the share of known items that are less so. */
      unlike: quickList(z.array(share), (list): list is number[] => list.every(isShare)).optional(),
      /** Which answers stand for "don't know": they are there, but the settings say not to trust them. */
      abstained: quickList(z.array(z.boolean()), (list): list is boolean[] =>
        list.every(one => typeof one === 'boolean'),
      ).optional(),
      model_file_name: modelFileName.optional(),
      batches,
    })
    .superRefine(sumOfBatches)
    .superRefine(sameLength('input', 'output', 'scores', 'probabilities', 'unlike', 'abstained'));
});
export type PredictionMessage = z.infer<ReturnType<typeof predictionMessage>>;

/** 1: the prediction was right. 0: it was wrong. null: an earlier rating is withdrawn. */
const rating = z.literal(
  [0, 1, null],
  'A rating is 1 (the prediction was right), 0 (it was wrong) or null (an earlier rating is withdrawn).',
);

type Rating = z.output<typeof rating>;

function isRating(value: unknown): value is Rating {
  return value === 0 || value === 1 || value === null;
}

const ratings = perDataSet(dataSet =>
  z.object({
    subjects,
    ratings: quickList(z.array(rating), (list): list is Rating[] => list.every(isRating)),
    /** What each note really is, where the reviewer says so. Of more than two classes, "wrong" alone does not tell. */
    labels: quickList(z.array(z.enum(classNames(dataSet)).nullable())).optional(),
    reviewer: subject.optional(),
  }),
);

interface Rated {
  readonly subjects: readonly string[];
  readonly ratings: readonly (0 | 1 | null)[];
  readonly labels?: readonly (string | null)[] | undefined;
}

function noContradiction(feedback: Rated, context: z.RefinementCtx): void {
  const first = new Map<string, string>();
  for (const [i, name] of feedback.subjects.entries()) {
    const said = `${feedback.ratings[i]} ${feedback.labels?.[i] ?? ''}`;
    if (first.has(name) && first.get(name) !== said) {
      // The path says which: what is wrong with a message gets into the log, where no subject belongs.
      const message = 'A subject is rated twice in one message, and not alike.';
      context.addIssue({ code: 'custom', path: ['ratings', i], message });
      return;
    }
    first.set(name, said);
  }
}

/** What a caller sends to rate predictions: a feedback to be, but for the batch id. */
export const ratingsBody = perDataSet(dataSet =>
  ratings(dataSet).superRefine(sameLength('ratings', 'labels')).superRefine(noContradiction),
);

export const feedbackMessage = perDataSet(dataSet =>
  ratings(dataSet)
    .extend({
      batch_id: batchId,
      /** On `job`: the file of a model from elsewhere, which is to be judged instead of a new one being trained. */
      candidate: modelFileName.optional(),
      /** Whether `reviewer` is who the ratings came from, by a token that was checked; it counts only where it is signed. */
      verified: z.boolean().optional(),
      /** What proves that: others may publish, too. */
      signature: z.string().max(300).optional(),
    })
    .superRefine(sameLength('ratings', 'labels'))
    .superRefine(noContradiction),
);
export type FeedbackMessage = z.infer<ReturnType<typeof feedbackMessage>>;

const seconds = z.number().min(0);

export const modelMessage = z.object({
  job_id: batchId,
  model_file_name: modelFileName,
  /** No more than a table can hold, and whoever lists models can read. */
  records: z.int32().min(0),
  accuracy: z.number().min(0).max(1),
  report: announcedReport,
  data_prep_time: seconds,
  training_time: seconds,
  testing_time: seconds,
  /** Whether the model may answer from now on. A message of a program that knows no gate says nothing: yes. */
  promoted: z.boolean().default(true),
  /** The decision in words. */
  reason: z.string().max(mostCharacters).default(''),
  fingerprint: z.string().optional(),
  parent: z.string().nullable().optional(),
  /** SHA-256 of the model file, in hexadecimal digits: a file of another content is not this model. */
  content_sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  /** When it was decided; without it, when it was published. Models replace each other in this order only. */
  created: z.iso.datetime({ offset: true }).optional(),
  /** Who decided, if it was not the gate after a training. */
  decision: decision.optional(),
  /** The work that made the model: those whose labels it learned from can point to it. */
  traceparent: z.string().optional(),
});
export type ModelMessage = z.output<typeof modelMessage>;
