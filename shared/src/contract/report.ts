import { z } from 'zod';
import { quickList } from './quick-list.ts';

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/** Between which shares the true one lies, at 95 % confidence. */
export const interval = z.object({ low: share, high: share });

/** How many rows of each class (the outer place) were called what (the inner one). */
const confusionMatrix = quickList(z.array(quickList(z.array(count)).readonly())).readonly();

/** As it was written while there were only these two classes. */
const confusionOfNotes = z.object({
  realCalledReal: count,
  realCalledFake: count,
  fakeCalledReal: count,
  fakeCalledFake: count,
});

const ofClass = z.object({ precision: share, recall: share, f1: share, support: count });

/** How a model did on rows whose class is known. */
const score = z.object({
  rows: count,
  correct: count,
  accuracy: share,
  logLoss: z.number().optional(),
  confusion: z.union([confusionMatrix, confusionOfNotes]),
  /** By the names of the classes. */
  classes: z.record(z.string(), ofClass).optional(),
  /** The plain means over the classes. */
  macro: z.object({ precision: share, recall: share, f1: share }).optional(),
  interval,
});
export type ModelScore = z.output<typeof score>;

/** McNemar's exact test on the rows of which only one of two models is right. */
const pairedTest = z.object({
  gained: count,
  lost: count,
  twoSided: share,
  challengerWorse: share,
  challengerBetter: share,
});

/** How much more log loss the challenger has than the champion, in nats a row, and how likely chance alone makes that. */
const lossTest = z.object({
  difference: z.number(),
  error: z.number(),
  challengerWorse: share,
  challengerBetter: share,
});

const comparison = {
  challenger: score.nullish(),
  champion: score.nullish(),
  test: pairedTest.nullish(),
  loss: lossTest.nullish(),
};

/** How both did on the rows of a class, of a category or of a region. */
const segment = z.object({
  kind: z.enum(['class', 'category', 'region']),
  name: z.string(),
  rows: count,
  /** How many rows each got right. */
  challenger: count,
  champion: count,
  gained: count,
  lost: count,
  /** By how much more the challenger loses, in nats a row. */
  logLoss: z.number(),
  /** How often chance alone makes a loss like this in one segment or another. */
  worse: share,
});

/** Which of the latest answers the challenger would have given otherwise. */
const flips = z.object({
  rows: count,
  rated: count.optional(),
  changed: count,
  /** Of the changed and rated: those that agree with the person, and those that do not. */
  agreeing: count,
  contradicting: count,
  examples: quickList(
    z.array(
      z.object({
        position: count,
        from: z.string(),
        to: z.string(),
        /** With two classes the probability of class 1, with more that of the new answer. */
        score: share.optional(),
        probability: share.optional(),
        truth: z.string().optional(),
      }),
    ),
  )
    .readonly()
    .optional(),
});

const rowsByOrigin = z.object({ bank: count, people: count });

const figures = { accuracy: share, logLoss: z.number(), calibrationError: share };

/** What was tried to learn the rows, what was chosen and why. All figures are of rows that were not learned from. */
const learning = z.object({
  candidates: quickList(
    z.array(
      z.object({
        name: z.string(),
        family: z.string(),
        seconds: z.number(),
        chosen: z.boolean(),
        ...figures,
      }),
    ),
  ).readonly(),
  chosen: z.object(figures),
  why: z.string(),
  folds: count,
  seconds: z.number(),
  /** Whether it is a first model, chosen in a part of the time: the next training on these rows chooses anew. */
  hurried: z.boolean().optional(),
  /** How much worse the model answers the hold-out when the values of a column are dealt anew among its rows. */
  importance: quickList(z.array(z.object({ column: z.string(), accuracy: z.number(), logLoss: z.number() })))
    .readonly()
    .optional(),
});

const known = {
  /** Which rule decided. */
  rule: z.string().optional(),
  /** The names of the classes, in the order in which confusion matrices have them. */
  classes: quickList(z.array(z.string())).readonly().optional(),
  ...comparison,
  /** The same on all rows of the data set, those of the training side answered out of fold. */
  all: z.object(comparison).nullish(),
  /** Beside the best model that was ever proved to be so, where that is not the champion. */
  best: z.object({ test: pairedTest.nullish(), loss: lossTest.nullish() }).nullish(),
  /** How it did beside the best model, the champion or another: by what share fewer hits, and how much more log loss a row. */
  besideBest: z.object({ best: z.string(), fewer: z.number(), logLoss: z.number() }).nullish(),
  /** Whether this model is now that one. */
  provedBest: z.boolean().optional(),
  segments: z.array(segment).readonly().nullish(),
  /** The same on the rows that people labelled, where those are judged on their own. */
  people: z.object(comparison).nullish(),
  flips: flips.nullish(),
  learning: learning.nullish(),
  /** Where the rows came from, and what became of people's labels. */
  data: z
    .object({
      training: rowsByOrigin,
      holdout: rowsByOrigin,
      labels: z.record(z.string(), count),
    })
    .optional(),
  seed: z.number().optional(),
  backend: z.string().optional(),
  /** Whether there is a model file: a training that came to nothing leaves none. */
  stored: z.boolean().optional(),
};

/** What a decision on a model rests on. Every part is optional, since other programs announce models, too. */
export const report = z.looseObject(known);
export type Report = z.output<typeof report>;

/**
 * The report of a `model` message. Another program may use one of the names above in a sense of its own: that part is
 * left out, rather than the whole model refused.
 */
export const announcedReport = report.or(z.record(z.string(), z.unknown()).transform(withoutMisfits));

function withoutMisfits(fields: Readonly<Record<string, unknown>>): Report {
  const issues = report.safeParse(fields).error?.issues ?? [];
  const misfits = new Set(issues.map(({ path: [name] }) => name));
  return report.parse(Object.fromEntries(Object.entries(fields).filter(([name]) => !misfits.has(name))));
}
