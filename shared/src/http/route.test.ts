import { z } from 'zod';
import { time } from '../contract/time.ts';
import { route } from './route.ts';

// What the compiler holds a route to: `tsc` fails where one of these is no error, as it does where there is one more.

const answer = z.object({ id: z.string(), label: z.enum(['real', 'fake']), created: time.nullable() });
const get = { method: 'GET', path: '/things', summary: 'A thing.' } as const;
const created = new Date('2026-01-01T00:00:00Z');

it('takes what goes into the schema of its answer, times as Dates included', async () => {
  const good = route({
    ...get,
    answer,
    handle: async () => ({ body: { id: 'a', label: 'real', created } as const }),
  });
  const { body } = await good.handle({ params: undefined, query: undefined, body: undefined }, undefined);
  expect(answer.parse(JSON.parse(JSON.stringify(body)))).toEqual({
    id: 'a',
    label: 'real',
    created: '2026-01-01T00:00:00.000Z',
  });
});

it('takes nothing else', () => {
  const wrong = [
    // @ts-expect-error A field is missing.
    route({ ...get, answer, handle: async () => ({ body: { id: 'a', label: 'real' } as const }) }),
    // @ts-expect-error A field is of another type.
    route({ ...get, answer, handle: async () => ({ body: { id: 1, label: 'real', created } as const }) }),
    // @ts-expect-error There is no such label.
    route({ ...get, answer, handle: async () => ({ body: { id: 'a', label: 'maybe', created } as const }) }),
    // @ts-expect-error It is no JSON.
    route({ ...get, answer, handle: async () => ({ content: 'text' }) }),
    // @ts-expect-error It is JSON, and no text.
    route({ ...get, answer: 'text/plain', handle: async () => ({ body: 'text' }) }),
  ];
  expect(wrong).toHaveLength(5);
});
