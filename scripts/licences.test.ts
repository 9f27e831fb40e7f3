import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unlicensed } from './licences.ts';

const lockOf = (packages: Readonly<Record<string, object>>) => ({ packages: { '': {}, ...packages } });

it('finds all that is shipped in order', () => {
  const lock = readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8');
  expect(unlicensed(JSON.parse(lock))).toEqual([]);
});

it('names what is shipped under another licence, or none', () => {
  const lock = lockOf({
    'node_modules/a': { version: '1.0.0', license: 'AGPL-3.0' },
    'node_modules/b': { version: '2.0.0' },
    'node_modules/c': { version: '3.0.0', license: '(MIT AND GPL-2.0)' },
    'node_modules/d': { version: '4.0.0', license: 'MIT OR GPL-2.0' },
    'node_modules/e': { version: '5.0.0', license: 'GPL-2.0', dev: true },
    'node_modules/f': { link: true },
    functions: { version: '0.0.0' },
  });
  expect(unlicensed(lock)).toEqual([
    'node_modules/a 1.0.0: AGPL-3.0',
    'node_modules/b 2.0.0: no licence',
    'node_modules/c 3.0.0: (MIT AND GPL-2.0)',
  ]);
});
