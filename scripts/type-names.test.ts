import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// One word for one thing: a type that two files export under one name would mean two things. The stand-ins for Google's
// services know nothing of the loop, so they and the loop may each have a topic.

const root = join(import.meta.dirname, '..');

it.each([
  ['the loop', '{shared,functions,build,local,deploy,scripts,testing,trials,bench,test}/**/*.{ts,tsx}'],
  ['the stand-ins', 'local-cloud/**/*.{ts,tsx}'],
])('gives every exported type of %s a name of its own', (_, files) => {
  const homes = new Map<string, string[]>();
  for (const file of globSync(files, { cwd: root, exclude: name => name === 'node_modules' })) {
    for (const [, name = ''] of readFileSync(join(root, file), 'utf8').matchAll(exported)) {
      homes.set(name, [...(homes.get(name) ?? []), file]);
    }
  }
  expect(homes.size).toBeGreaterThan(50);
  expect([...homes].filter(([, where]) => where.length > 1)).toEqual([]);
});

const exported = /^export (?:declare )?(?:abstract )?(?:interface|class|type) (\w+)/gm;
