import { type DataSet, type PredictionMessage, topics, z } from '@banknote-loop/shared';
import { featureValue, notesBody, predictionAnswer, subject } from '@banknote-loop/shared/contract';
import { didYouMean, type Feature, type Row, readValue, type Value } from '@banknote-loop/shared/data-set';
import { askedFrom, batchIdFor, notesFromCsv, requireFewNotes, route } from '@banknote-loop/shared/http';
import { answerRows, whyUnexplained } from '@banknote-loop/shared/models';
import type { Context } from './context.ts';
import {
  optionsBeside,
  type PredictOptions,
  predictOptions,
  reasonsFor,
  requireFewExplained,
} from './reasons.ts';

interface Notes {
  readonly subjects: string[];
  readonly features: Row[];
}

/** One item by the names of its columns, or of its features: their order does not matter. */
function oneNote(
  dataSet: DataSet,
  valueIn: (feature: Feature) => z.ZodType<Value>,
  beside: Partial<typeof predictOptions> = {},
) {
  const { features, item } = dataSet;
  const columns = features.map(feature => {
    const value = valueIn(feature);
    return [feature.column, feature.missing ? value.default(null) : value] as const;
  });
  const shape = { ...Object.fromEntries(columns), ...beside, subject: subject.default(item) };
  // Where a value may be missing, a name that is misspelt would pass for one.
  const mayHide = features.some(({ missing }) => missing);
  const note = mayHide ? z.strictObject(shape, { error: nameUnknown(Object.keys(shape)) }) : z.object(shape);
  return z
    .preprocess(byColumns(features, shape), note)
    .transform((note: Readonly<Record<string, unknown>> & { readonly subject: string }) => ({
      subjects: [note.subject],
      features: [features.map(({ column }) => note[column] as Value)],
      options: z
        .object(predictOptions)
        .parse(Object.fromEntries(Object.keys(beside).map(name => [name, note[name]]))),
    }));
}

/** Values under their features' names, put under those of their columns. */
function byColumns(features: readonly Feature[], known: object) {
  const columns = new Map(features.map(({ name, column }) => [name, column]));
  const columnOf = (key: string) => (Object.hasOwn(known, key) ? key : (columns.get(key) ?? key));
  return (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [columnOf(key), one]))
      : value;
}

function nameUnknown(known: readonly string[]) {
  return (issue: z.core.$ZodRawIssue): string | undefined => {
    if (issue.code !== 'unrecognized_keys') return undefined;
    const [name = ''] = issue.keys;
    return `"${name}" is not known here.${didYouMean(name, known) || ` There is ${known.join(', ')}.`}`;
  };
}

/** In an address every value is a text, and an empty one would be read as 0. */
function valueInAddress(feature: Feature): z.ZodType<Value> {
  return z
    .string()
    .transform((text, context): Value => {
      const { value, problem } = readValue(feature, text);
      if (problem === undefined) return value;
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    })
    .meta(featureValue(feature).meta() ?? {});
}

export function getPredict(dataSet: DataSet) {
  return route({
    method: 'GET',
    path: '/predict',
    summary: `Says at once what one ${dataSet.item} is.`,
    scope: 'notes:submit',
    idempotent: true,
    query: oneNote(dataSet, valueInAddress, optionsBeside(dataSet)),
    answer: predictionAnswer,
    handle: ({ query }, context: PredictContext) => predict(query, query.options, context),
  });
}

export function postPredict(dataSet: DataSet) {
  const { item, items } = dataSet;
  return route({
    method: 'POST',
    path: '/predict',
    summary: `Says at once what ${items} are: one ${item} by its features, or many as a batch or as CSV.`,
    scope: 'notes:submit',
    idempotent: true,
    query: z.object(predictOptions),
    body: z.union([oneNote(dataSet, featureValue), notesBody(dataSet)]),
    accepts: { 'text/csv': text => notesFromCsv(dataSet, text) },
    answer: predictionAnswer,
    handle: ({ query, body }, context: PredictContext) => predict(body, query, context),
  });
}

type PredictContext = Pick<
  Context,
  | 'answers'
  | 'dataSet'
  | 'finishLater'
  | 'headers'
  | 'idempotencyKey'
  | 'method'
  | 'addToLog'
  | 'predictions'
  | 'caller'
  | 'publish'
> & { readonly models: Pick<Context['models'], 'current'> };

/**
 * Answers from the live model, and sends the answer the way of any other prediction, so that it is kept and can be rated,
 * unless the caller only wants to know.
 */
async function predict({ subjects, features }: Notes, asked: PredictOptions, context: PredictContext) {
  const { dataSet, models, answers: rules } = context;
  requireFewNotes(dataSet, features);
  requireFewExplained(features, asked);
  const model = await models.current();
  const batch_id = batchIdFor(context, { subjects, features });
  context.addToLog({ ...askedFrom(context.headers), model: model.fileName, notes: subjects.length });
  const answers = answerRows(dataSet, model, features, rules);
  if (asked.record !== 'false') {
    await record(context, {
      batch_id,
      subjects,
      input: features,
      ...answers,
      model_file_name: model.fileName,
    });
  }
  const reasons = await reasonsFor(features, model, asked, dataSet);
  const names = dataSet.label.classes.map(({ name }) => name);
  const predictions = subjects.map((subject, i) => {
    const label = answers.output[i] ?? '';
    const [unlike, abstained] = [answers.unlike?.[i], answers.abstained?.[i]];
    const known = {
      ...(unlike !== undefined && { unlike }),
      ...(abstained !== undefined && { abstained }),
      ...reasons[i],
    };
    const score = answers.scores?.[i];
    if (score !== undefined) {
      return { subject, label, probability: label === names[1] ? score : 1 - score, score, ...known };
    }
    const ofRow = answers.probabilities?.[i] ?? [];
    const probabilities = Object.fromEntries(
      names.map((name, number) => [name, ofRow[number] ?? Number.NaN]),
    );
    return { subject, label, probability: probabilities[label] ?? Number.NaN, probabilities, ...known };
  });
  const isUnexplained = asked.explain === 'true' && !model.background;
  const unexplained = isUnexplained ? { unexplained: whyUnexplained(model) } : {};
  return { body: { batch_id, model_file_name: model.fileName, ...unexplained, predictions } };
}

async function record(
  { predictions, method, publish, finishLater }: PredictContext,
  prediction: PredictionMessage,
): Promise<void> {
  // Whoever asks for the head of an answer changes nothing.
  if (method === 'HEAD' || predictions.record === 'off') return;
  const recorded = publish(topics.prediction, prediction);
  if (predictions.record === 'before') await recorded;
  else finishLater('The recording of a prediction', recorded);
}
