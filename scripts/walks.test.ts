import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readWalks, strayFiles } from './walks.ts';

const walks = readWalks();

it('finds both walks', () => {
  expect(walks.map(({ title }) => title)).toEqual([
    'A note, from POST to row',
    'A rating, to the live model',
  ]);
});

it.each(walks)('has only files that are there and on the way: $title', walk => {
  const missing = walk.files.filter(file => !existsSync(join(import.meta.dirname, '..', file)));
  expect(missing).toEqual([]);
  expect(new Set(walk.files).size).toBe(walk.files.length);
  expect(strayFiles(walk)).toEqual([]);
});

it.each([
  ['A note, from POST to row', 30],
  ['A rating, to the live model', 45],
])('opens few files: %s, at most %d', (title, most) => {
  expect(walks.find(walk => walk.title === title)?.files.length).toBeLessThanOrEqual(most);
});

it('sees a file that nothing leads to', () => {
  const files = [
    'functions/prediction/src/index.ts',
    'shared/src/models/answer.ts',
    'shared/src/redis/cache.ts',
  ];
  expect(strayFiles({ title: '', files })).toEqual(['shared/src/redis/cache.ts']);
});
