import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '../docs');
const text = readFileSync(join(docs, 'threat-model.md'), 'utf8');
const [, table = ''] = text.split('## What is tested where');
const rows = table.split('\n').filter(line => /^\| (?!---|what holds)/.test(line));
const shown = rows.flatMap(row =>
  Array.from(
    row.matchAll(/\]\((?<file>[^)]+)\): (?<titles>[^;|]+)/g),
    ({ groups: { file = '', titles = '' } = {} }) => ({
      file,
      titles: Array.from(titles.matchAll(/“([^”]+)”/g), ([, title = '']) => title),
    }),
  ),
);

it('names what shows each thing that holds', () => {
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter(row => !row.includes('.test.ts): “'))).toEqual([]);
});

it.each(shown)('names tests that there are: $file', ({ file, titles }) => {
  const tests = readFileSync(join(docs, file), 'utf8').replaceAll("\\'", "'");
  expect(titles).not.toEqual([]);
  expect(titles.filter(title => !tests.includes(title))).toEqual([]);
});
