import { answersByPath } from '@banknote-loop/shared/contract';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { routes } from './routes.ts';

it.each(Object.entries(answersByPath))('holds GET %s to the answer that the page reads', (path, answer) => {
  expect(routes(banknotes).find(route => route.method === 'GET' && route.path === path)?.answer).toBe(answer);
});

it("asks for a scope wherever something is seen or done that is not the caller's own", () => {
  const free = routes(banknotes).filter(({ scope }) => scope === undefined);
  // Of these, callers see what they sent themselves, unless they may see everybody's.
  expect(free.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /batches',
    'GET /batches/{id}',
    'GET /batches/{id}/receipt',
    'GET /batches/{id}/explanation',
  ]);
});
