import { topics } from '@banknote-loop/shared';
import {
  exportPersonBody,
  forgetPersonAnswer,
  forgetPersonBody,
  personExport,
} from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import { exportPerson, forgetPerson } from '@banknote-loop/shared/people';
import type { Context } from './context.ts';

export const postExport = route({
  method: 'POST',
  path: '/people/export',
  summary:
    'All that is kept of a person, and what finds them in the logs. That it was asked for is on record.',
  scope: 'people:manage',
  body: exportPersonBody,
  answer: personExport,

  async handle({ body: { person } }, { db, deadLetters, caller }: Context) {
    const asked = { by: caller.principal, address: caller.address };
    return { body: await exportPerson(person, { db, deadLetters }, asked) };
  },
});

export const postForget = route({
  method: 'POST',
  path: '/people/forget',
  summary:
    'Forgets a person: what they said of items goes, records keep a pseudonym, and a training follows. Again, it finds nothing.',
  scope: 'people:manage',
  body: forgetPersonBody,
  answer: forgetPersonAnswer,

  async handle({ body: { person, dry_run } }, { db, deadLetters, cache, publish, caller }: Context) {
    const publishJob = (job: Parameters<typeof publish<typeof topics.job>>[1]) => publish(topics.job, job);
    const asked = { by: caller.principal, address: caller.address, onlyLook: dry_run };
    return { body: await forgetPerson(person, { db, deadLetters, cache, publishJob }, asked) };
  },
});
