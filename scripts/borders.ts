import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import { packages, rules } from './borders/rules.ts';

// Part of `npm run check`: holds every import of the project, or of a folder that is laid out as it is, against the
// rules on who may import whom, and prints those that cross a border.

const [root = join(import.meta.dirname, '..')] = process.argv.slice(2);
const found = await crossings();
for (const line of found) console.error(line);
process.exitCode = found.length === 0 ? 0 : 1;

async function crossings(): Promise<readonly string[]> {
  const { output } = await cruise(
    packages.filter(name => existsSync(join(root, name))),
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: rules },
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '(^|/)(node_modules|dist)/' },
      // It does not know this version of the TypeScript compiler; swc reads imports of types, too.
      parser: 'swc',
      tsPreCompilationDeps: true,
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  );
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations.map(({ rule, from, to, cycle }) => {
    const way = cycle ? cycle.map(({ name }) => name) : [to];
    return `${[from, ...way].join(' -> ')}: ${rule.name}`;
  });
}
