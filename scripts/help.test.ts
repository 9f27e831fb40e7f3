import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from './help.ts';

const root = join(import.meta.dirname, '..');
const commands: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).scripts;

it('has each command of package.json once', () => {
  const typed = (name: string): string =>
    name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`;
  const listed = Object.values(topics).flatMap(commands => commands.map(([command]) => command));
  expect(listed.toSorted()).toEqual(Object.keys(commands).map(typed).toSorted());
});

// Those that take no words of their own, or hand them on to jest.
const without = ['help', 'build', 'check', 'test'];

it.each(Object.entries(commands).filter(([name]) => !without.includes(name)))(
  'answers --help of %s',
  (_, command) => {
    const source = readFileSync(join(root, command.replace('node scripts/run.mjs ', '')), 'utf8');
    expect(source).toMatch(/\b(answerHelp|readCommandLine)\(/);
  },
);

it('answers it before anything is done', () => {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'scripts/rebuild-cache.ts'), '--help'], {
    encoding: 'utf8',
    env: {},
  });
  expect(stdout).toContain('npm run rebuild-cache');
  expect(status).toBe(0);
});
