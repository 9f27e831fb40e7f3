import { type DataSet, topics } from '@banknote-loop/shared';
import { acceptedNotes, notesBody } from '@banknote-loop/shared/contract';
import { readItemsCsv } from '@banknote-loop/shared/data-set';
import { batchIdFor, HttpError, type Request, requireFewNotes, route } from '@banknote-loop/shared/http';

export function postNotes(dataSet: DataSet) {
  return route({
    method: 'POST',
    path: '/notes',
    summary: `Asks what ${dataSet.items} are; the answer says where to look for the result.`,
    scope: 'notes:submit',
    idempotent: true,
    body: notesBody(dataSet),
    accepts: { 'text/csv': text => notesFromCsv(dataSet, text) },
    status: 202,
    answer: acceptedNotes(dataSet),

    async handle({ body }, { publish, ...request }: Request<typeof topics.request>) {
      requireFewNotes(body.features);
      const batch_id = batchIdFor(request, body);
      await publish(topics.request, { batch_id, ...body });
      const result = `/batches/${batch_id}`;
      return {
        headers: { location: result },
        body: { batch_id, ...body, result },
      };
    },
  });
}

function notesFromCsv(dataSet: DataSet, text: string): unknown {
  const { subjects, features, problems } = readItemsCsv(dataSet, text);
  const [first] = problems;
  if (first) throw new HttpError(400, first.message, { field: `line ${first.line}` });
  return { subjects, features };
}
