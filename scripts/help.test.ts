import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from './help.ts';

it('has each command of package.json once', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
  const typed = (name: string): string =>
    name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`;
  const listed = Object.values(topics).flatMap(commands => commands.map(([command]) => command));
  expect(listed.toSorted()).toEqual(Object.keys(scripts).map(typed).toSorted());
});
