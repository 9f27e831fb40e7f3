import { tracesAnswer, tracesQuery } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';

/** Spans go where they are collected, which is not here. On the laptop the runner keeps them, and answers in this place. */
export const getTraces = route({
  method: 'GET',
  path: '/traces',
  summary: "A batch's way from hop to hop; empty where nobody keeps spans beside the loop.",
  query: tracesQuery,
  answers: { 200: tracesAnswer },
  handle: async ({ query: { correlation_id } }) => ({ body: { correlation_id, spans: [] } }),
});
