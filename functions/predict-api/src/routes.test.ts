import { answersByPath } from '@banknote-loop/shared/contract';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { routes } from './routes.ts';

it.each(Object.entries(answersByPath))('holds GET %s to the answer that the page reads', (path, answer) => {
  expect(routes(banknotes).find(route => route.method === 'GET' && route.path === path)?.answer).toBe(answer);
});
