import { topics } from '@banknote-loop/shared';
import { labelDecisionBody, reviewersAnswer } from '@banknote-loop/shared/contract';
import { HttpError, route } from '@banknote-loop/shared/http';
import type { Context } from './context.ts';

const mostReviewers = 200;

export const getReviewers = route({
  method: 'GET',
  path: '/reviewers',
  summary:
    'Who labels, how far their labels agree with each other and with known rows, and how many are set aside.',
  scope: 'notes:read',
  answer: reviewersAnswer,

  async handle(_input, { db }: Pick<Context, 'db'>) {
    const [reviewers, { setAside, refusalsInARow }] = await Promise.all([
      db.reviewers.list(mostReviewers),
      db.quality.learning(),
    ]);
    return { body: { reviewers, set_aside: setAside, refusals_in_a_row: refusalsInARow } };
  },
});

export const postLabelDecision = route({
  method: 'POST',
  path: '/labels',
  summary:
    'Decides on a label by hand: it is learned from, or it is set aside, whatever else is known of it.',
  scope: 'models:manage',
  body: labelDecisionBody,
  status: 202,
  answer: labelDecisionBody,

  async handle(
    { body },
    { db, publish, caller, principal }: Pick<Context, 'db' | 'publish' | 'caller' | 'principal'>,
  ) {
    const { batch_id, subject, learn, why } = body;
    // The record names the caller as it is known here, too: anybody can write any name.
    const by = body.by === principal ? principal : `${body.by} (${principal})`;
    const { address } = caller;
    if (!(await db.labels.decide(batch_id, subject, { learn, by, why, address }))) {
      throw new HttpError(404, `Nobody has labelled ${subject} of batch ${batch_id}, or not yet.`);
    }
    await publish(topics.job, { batch_id, subjects: [subject], ratings: [null] });
    return { body: { ...body, by } };
  },
});
