import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfChanged } from '@banknote-loop/build/if-changed';

// What `npm test` runs: all tests, or with arguments those that jest makes of them.

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-results-'));
const results = join(folder, 'results.json');

// End-to-end tests run the very artefacts that are deployed.
await buildIfChanged();

const jest = spawnSync(
  process.execPath,
  [
    // Google's storage client imports a package in a way that jest refuses without it.
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--json',
    `--outputFile=${results}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    // With --json jest would print its results once more.
    stdio: ['ignore', 'ignore', 'inherit'],
    // Tests start some hundred processes of the same code: compiled once, each starts sooner.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled') },
  },
);
const { numPassedTests = 0, numFailedTests = 0, numFailedTestSuites = 0 } = readResults();
rmSync(folder, { recursive: true, force: true });
// A suite that could not even be loaded counts no test, and must not go unnoticed.
const failed = Math.max(numFailedTests, numFailedTestSuites);
console.log(`${numPassedTests} passed, ${failed} failed`);
process.exit(jest.status === 0 && numPassedTests > 0 ? 0 : 1);

function readResults(): Partial<Record<'numPassedTests' | 'numFailedTests' | 'numFailedTestSuites', number>> {
  try {
    return JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    return { numFailedTestSuites: 1 };
  }
}
