import { answersByPath } from '@banknote-loop/shared/contract';
import { routes } from './routes.ts';

it.each(Object.entries(answersByPath))('holds GET %s to the answer that the page reads', (path, answer) => {
  expect(routes.find(route => route.method === 'GET' && route.path === path)?.answer).toBe(answer);
});
