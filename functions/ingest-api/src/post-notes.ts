import { setImmediate } from 'node:timers/promises';
import { type DataSet, topics } from '@banknote-loop/shared';
import { acceptedNotes, mostNotes, notesBody } from '@banknote-loop/shared/contract';
import { readUntrustedCsv } from '@banknote-loop/shared/data-set';
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

    async handle({ body }, { publish, principal, idempotencyKey }: Request<typeof topics.request>) {
      requireFewNotes(body.features);
      const batch_id = batchIdFor({ principal, idempotencyKey }, body);
      await publish(topics.request, { batch_id, ...body });
      const result = `/batches/${batch_id}`;
      return {
        headers: { location: result },
        body: { batch_id, ...body, result },
      };
    },
  });
}

async function notesFromCsv(dataSet: DataSet, text: string): Promise<unknown> {
  const options = { most: mostNotes, pause: () => setImmediate() };
  const { subjects, features, problems } = await readUntrustedCsv(dataSet, text, options);
  const [first] = problems;
  if (first) throw new HttpError(400, first.message, { field: `line ${first.line}` });
  return { subjects, features };
}
