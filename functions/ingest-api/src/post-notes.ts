import { topics } from '@banknote-loop/shared';
import { acceptedNotes, notesBody, readNotesCsv } from '@banknote-loop/shared/contract';

import { batchIdFor, HttpError, type Request, requireFewNotes, route } from '@banknote-loop/shared/http';

export const postNotes = route({
  method: 'POST',
  path: '/notes',
  summary: 'Asks whether notes are real or fake; the answer says where to look for the result.',
  scope: 'notes:submit',
  idempotent: true,
  body: notesBody,
  accepts: { 'text/csv': notesFromCsv },
  status: 202,
  answer: acceptedNotes,

  async handle({ body }, { publish, ...request }: Request<typeof topics.request>) {
    requireFewNotes(body.features);
    const batch_id = batchIdFor(request, body);
    await publish(topics.request, { batch_id, ...body });
    const result = `/batches/${batch_id}`;
    return {
      headers: { location: result },
      body: { batch_id, subjects: body.subjects, result },
    };
  },
});

function notesFromCsv(text: string): unknown {
  const { subjects, features, problems } = readNotesCsv(text);
  const [first] = problems;
  if (first) throw new HttpError(400, first.message, { field: `line ${first.line}` });
  return { subjects, features };
}
