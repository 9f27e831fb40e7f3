import { timeOrderedUuid, topics } from '@banknote-loop/shared';
import { notesBody } from '@banknote-loop/shared/contract/messages.ts';
import { type Request, route } from '@banknote-loop/shared/http/route.ts';

export const postNotes = route({
  method: 'POST',
  path: '/notes',
  summary: 'Asks whether notes are real or fake.',
  body: notesBody,

  async handle({ body: { subjects, features } }, { publish }: Request<typeof topics.request>) {
    const batch_id = timeOrderedUuid();
    await publish(topics.request, { batch_id, subjects, features });
    const result = `/batches/${batch_id}`;
    return { status: 202, headers: { location: result }, body: { batch_id, subjects, result } };
  },
});
