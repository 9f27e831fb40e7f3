import { queuesAnswer } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import type { Given } from './given.ts';

export const getQueues = route({
  method: 'GET',
  path: '/queues',
  summary:
    'How many messages wait for each function, and how fast they are done; empty where nobody measures it.',
  answers: { 200: queuesAnswer },
  handle: async (_input, { queues }: Given) => ({ body: { queues: await queues.list() } }),
});
