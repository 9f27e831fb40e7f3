import { spawnSync } from 'node:child_process';

// What `npm run check` runs: everything that can be said of the code without running it.

const checks: readonly (readonly [string, ...string[]])[] = [
  ['biome', 'check', '--error-on-warnings', '.'],
  ['tsc', '--project', '.'],
  // The page is compiled apart: it runs in a browser, and must not know of Node.js.
  ['tsc', '--project', 'functions/predict-api/page'],
  ['knip', '--no-progress'],
  ['node', 'scripts/borders.ts'],
  ['node', 'scripts/licences.ts'],
];

const failed = checks.filter(([command, ...args]) => {
  console.log(`\n${command} ${args.join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  console.error(`\nNot in order: ${failed.map(words => words.join(' ')).join(', ')}.`);
  process.exit(1);
}
console.log('\nAll in order.');
