import { topics } from '@banknote-loop/shared';
import { announcedDecision, decisionBody, decisionsAnswer } from '@banknote-loop/shared/contract';

import { route } from '@banknote-loop/shared/http';
import { decideManually } from '@banknote-loop/shared/models';
import type { Context } from './context.ts';

const newest = 100;

export const getDecisions = route({
  method: 'GET',
  path: '/decisions',
  summary: 'Who or what decided which model answers, when and why: the newest first.',
  scope: 'models:read',
  answer: decisionsAnswer,
  handle: async (_input, { db }: Pick<Context, 'db'>) => ({
    body: { decisions: await db.decisions.newest(newest) },
  }),
});

export const postDecision = route({
  method: 'POST',
  path: '/decisions',
  summary:
    'Decides which model answers: promotes one, goes back to the one before, holds one in its place, or lets it go.',
  scope: 'models:manage',
  body: decisionBody,
  status: 202,
  answer: announcedDecision,

  async handle(
    { body },
    { db, publish, caller, principal }: Pick<Context, 'db' | 'publish' | 'caller' | 'principal'>,
  ) {
    // The record names the caller as it is known here, too: anybody can write any name.
    const by = body.by === principal ? principal : `${body.by} (${principal})`;
    const request = { ...body, by, address: caller.address };
    const { model_file_name, created, decision } = await decideManually(db, request, model =>
      publish(topics.model, model),
    );
    const { kind, why } = body;
    const replaces = decision?.replaces ?? null;
    return { body: { kind, model_file_name, replaces, by, why, created: created ?? new Date() } };
  },
});
