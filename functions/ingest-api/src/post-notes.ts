import { type DataSet, topics } from '@banknote-loop/shared';
import { acceptedNotes, notesBody } from '@banknote-loop/shared/contract';
import { batchIdFor, notesFromCsv, type Request, requireFewNotes, route } from '@banknote-loop/shared/http';

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

    async handle({ body }, { publish, caller, idempotencyKey }: Request<typeof topics.request>) {
      requireFewNotes(dataSet, body.features);
      const batch_id = batchIdFor({ caller, idempotencyKey }, body);
      await publish(topics.request, { batch_id, ...body });
      const result = `/batches/${batch_id}`;
      return {
        headers: { location: result },
        body: { batch_id, ...body, result },
      };
    },
  });
}
