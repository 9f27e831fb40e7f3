import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDataSet } from '@banknote-loop/shared/data-set/files';

// Nothing but the declaration knows features and classes: no code that runs names those of the banknotes.

const root = join(import.meta.dirname, '..');
const { features, label } = findDataSet('banknotes').dataSet;
const words = features.map(({ column }) => column).filter(column => column !== 'entropy');
const forbidden = new RegExp(
  `\\b(${words.join('|')})\\b|['"\`](${label.classes.map(({ name }) => name).join('|')})['"\`]`,
);
/** The name of the project in words and in names of metrics, and that of the data set that comes with it. */
const allowed = /\bbanknote[-_.]|\bbanknotes\b|\bbanknote ?loop|\bofBanknotes\b/gi;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter(file =>
    /^(shared|functions|local|build|deploy|bench|trials|scripts)\/.+\.(ts|tsx|mjs|cjs)$/.test(file),
  )
  .filter(file => !/\.(test|testing)\.tsx?$|\/testing\//.test(file));

const linesOf = (file: string) =>
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .map((line, i) => ({ place: `${file}:${i + 1}`, line }));

it('no code names the features or classes of one table', () => {
  expect(files.length).toBeGreaterThan(300);
  const named = files.flatMap(linesOf).filter(({ line }) => forbidden.test(line));
  expect(named.map(({ place, line }) => `${place}: ${line.trim()}`)).toEqual([]);
});

it('no code speaks of banknotes but by the name of the project or of the data set', () => {
  const named = files.flatMap(linesOf).filter(({ line }) => /banknote/i.test(line.replace(allowed, '')));
  expect(named.map(({ place, line }) => `${place}: ${line.trim()}`)).toEqual([]);
});
