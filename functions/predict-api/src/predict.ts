import { type DataSet, type PredictionMessage, topics, z } from '@banknote-loop/shared';
import { featureValue, notesBody, predictionAnswer, subject } from '@banknote-loop/shared/contract';
import { type Feature, type Row, readValue, type Value } from '@banknote-loop/shared/data-set';
import { batchIdFor, requireFewNotes, route } from '@banknote-loop/shared/http';
import { answerRows } from '@banknote-loop/shared/models';
import type { Context } from './context.ts';

interface Notes {
  readonly subjects: string[];
  readonly features: Row[];
}

/** One item by the names of its columns: their order does not matter. */
function oneNote(dataSet: DataSet, valueIn: (feature: Feature) => z.ZodType<Value>) {
  const { features, item } = dataSet;
  const columns = features.map(feature => {
    const value = valueIn(feature);
    return [feature.column, feature.missing ? value.default(null) : value] as const;
  });
  return z.object({ ...Object.fromEntries(columns), subject: subject.default(item) }).transform(
    (note: Readonly<Record<string, unknown>> & { readonly subject: string }): Notes => ({
      subjects: [note.subject],
      features: [features.map(({ column }) => note[column] as Value)],
    }),
  );
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
    query: oneNote(dataSet, valueInAddress),
    answer: predictionAnswer,
    handle: ({ query }, context: Context) => predict(query, context),
  });
}

export function postPredict(dataSet: DataSet) {
  const { item, items } = dataSet;
  return route({
    method: 'POST',
    path: '/predict',
    summary: `Says at once what ${items} are: one ${item} by its features, or many as a batch.`,
    scope: 'notes:submit',
    idempotent: true,
    body: z.union([oneNote(dataSet, featureValue), notesBody(dataSet)]),
    answer: predictionAnswer,
    handle: ({ body }, context: Context) => predict(body, context),
  });
}

export interface PredictSettings {
  readonly record: 'before' | 'after' | 'off';
}

/** Answers from the live model, and sends the answer the way of any other prediction, so that it is kept and can be rated. */
async function predict(notes: Notes, context: Context) {
  const { dataSet, models, ...request } = context;
  requireFewNotes(notes.features);
  const model = await models.current();
  const batch_id = batchIdFor(request, notes);
  const answers = answerRows(dataSet, model, notes.features);
  await record(context, {
    batch_id,
    subjects: notes.subjects,
    input: notes.features,
    ...answers,
    model_file_name: model.fileName,
  });
  const names = dataSet.label.classes.map(({ name }) => name);
  const predictions = notes.subjects.map((subject, i) => {
    const label = answers.output[i] ?? '';
    const score = answers.scores?.[i];
    if (score !== undefined) {
      return { subject, label, probability: label === names[1] ? score : 1 - score, score };
    }
    const ofRow = answers.probabilities?.[i] ?? [];
    const probabilities = Object.fromEntries(
      names.map((name, number) => [name, ofRow[number] ?? Number.NaN]),
    );
    return { subject, label, probability: probabilities[label] ?? Number.NaN, probabilities };
  });
  return { body: { batch_id, model_file_name: model.fileName, predictions } };
}

async function record(
  { predictions, method, publish, finishLater }: Context,
  prediction: PredictionMessage,
): Promise<void> {
  // Whoever asks for the head of an answer changes nothing.
  if (method === 'HEAD' || predictions.record === 'off') return;
  const recorded = publish(topics.prediction, prediction);
  if (predictions.record === 'before') await recorded;
  else finishLater('The recording of a prediction', recorded);
}
