import { labelOfScore, topics, z } from '@banknote-loop/shared';
import { featureNames, features, notesBody, predictionAnswer, subject } from '@banknote-loop/shared/contract';

import { batchIdFor, requireFewNotes, route } from '@banknote-loop/shared/http';

import type { Context } from './context.ts';

const named = (measure: z.ZodType<number, unknown>) =>
  z
    .object({
      subject: subject.default('note'),
      variance: measure,
      skewness: measure,
      curtosis: measure,
      entropy: measure,
    })
    .transform(note => ({
      subjects: [note.subject],
      features: [features.parse(featureNames.map(name => note[name]))],
    }));

/** One note by the names of its measurements: their order does not matter. */
const oneNote = named(z.number());

// An empty parameter would be read as 0.
const oneNoteInAddress = named(z.string().trim().min(1, 'A number is missing.').pipe(z.coerce.number()));

type Notes = z.output<typeof notesBody>;

export const getPredict = route({
  method: 'GET',
  path: '/predict',
  summary: 'Says at once whether one note is real or fake.',
  scope: 'notes:submit',
  idempotent: true,
  query: oneNoteInAddress,
  answer: predictionAnswer,
  handle: ({ query }, context: Context) => predict(query, context),
});

export const postPredict = route({
  method: 'POST',
  path: '/predict',
  summary: 'Says at once whether notes are real or fake: one by its measurements, or many as a batch.',
  scope: 'notes:submit',
  idempotent: true,
  body: z.union([oneNote, notesBody]),
  answer: predictionAnswer,
  handle: ({ body }, context: Context) => predict(body, context),
});

/** Answers from the live model, and sends the answer the way of any other prediction, so that it is kept and can be rated. */
async function predict(notes: Notes, { models, publish, ...request }: Context) {
  requireFewNotes(notes.features);
  const model = await models.current();
  const batch_id = batchIdFor(request, notes);
  const scores = Array.from(model.scores(notes.features));
  const output = scores.map(labelOfScore);
  await publish(topics.prediction, {
    batch_id,
    subjects: notes.subjects,
    input: notes.features,
    output,
    scores,
    model_file_name: model.fileName,
  });
  const predictions = notes.subjects.map((subject, i) => {
    const score = scores[i] ?? Number.NaN;
    const label = labelOfScore(score);
    return { subject, label, probability: label === 'real' ? score : 1 - score, score };
  });
  return { body: { batch_id, model_file_name: model.fileName, predictions } };
}
