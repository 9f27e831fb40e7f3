import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-borders-'));
const script = join(import.meta.dirname, 'borders.ts');
afterAll(() => rmSync(folder, { recursive: true }));

/** A house of these files, each with these imports; answers what crosses a border there. */
function crossingsOf(files: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const house = mkdtempSync(join(folder, 'house-'));
  for (const [file, imports] of Object.entries(files)) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), imports.map(one => `export type * from '${one}';\n`).join(''));
  }
  const { stderr } = spawnSync(process.execPath, [script, house], { encoding: 'utf8' });
  return stderr.split('\n').filter(line => line !== '');
}

it('lets code look down and enter by doors', () => {
  const sound = {
    'shared/src/index.ts': ['./http/index.ts'],
    'shared/src/http/index.ts': ['../base/log.ts'],
    'shared/src/base/log.ts': [],
    'functions/prediction/src/index.ts': ['../../../shared/src/index.ts'],
    'local/src/loop.ts': ['../../shared/src/http/index.ts', '../../functions/prediction/src/index.ts'],
    'shared/src/http/serve.test.ts': ['../../../local/src/loop.ts', '../base/log.ts'],
  };
  expect(crossingsOf(sound)).toEqual([]);
});

const wrong = [
  ['shared/src/base/a.ts', '../redis/b.ts', 'shared/base imports only what lies below it'],
  ['shared/src/redis/a.ts', '../postgres/b.ts', 'shared/redis imports only what lies below it'],
  ['shared/src/attic/a.ts', '../base/b.ts', 'every room of shared has a floor'],
  ['shared/src/http/a.ts', '../../../local/src/loop.ts', 'shared imports no other package'],
  ['functions/a/src/a.ts', '../../b/src/index.ts', 'no function imports another'],
  ['functions/a/src/a.ts', '../../../shared/src/redis/b.ts', 'shared is entered by its doors only'],
  ['functions/a/src/a.ts', '../../../local/src/loop.ts', 'functions imports shared and nothing else'],
  ['local-cloud/src/a.test.ts', '../../shared/src/index.ts', 'tests of local-cloud import no other package'],
  ['local/src/a.ts', '../../scripts/b.ts', 'local imports shared, functions, build, local-cloud'],
  ['local/src/a.ts', '../../testing/src/index.ts', 'local imports shared, functions, build, local-cloud'],
  ['scripts/a.ts', '../bench/src/b.ts', 'scripts imports'],
  ['deploy/src/a.ts', './testing/b.ts', 'only tests import what is made for tests'],
  ['build/src/a.ts', './b.test.ts', 'nobody imports a test'],
  ['build/src/a.ts', './gone.ts', 'what is imported is there'],
] as const;

it('sees every import that crosses a border', () => {
  const files = wrong.map(([from, to], number): [string, readonly string[]] => [place(from, number), [to]]);
  const targets = wrong
    .filter(([, to]) => !to.includes('gone'))
    .map(([from, to]): [string, readonly string[]] => [join(dirname(from), to), []]);
  const found = crossingsOf(Object.fromEntries([...targets, ...files]));
  for (const [number, [from, , rule]] of wrong.entries()) {
    const line = new RegExp(`^${place(from, number)} -> .*: ${rule}`);
    expect(found).toContainEqual(expect.stringMatching(line));
  }
});

/** A file of its own for each wrong import. */
function place(file: string, number: number): string {
  return file.replace(/a(?=\.(test\.)?ts$)/, `a${number}`);
}

it('sees a cycle of types', () => {
  const cycle = { 'build/src/a.ts': ['./b.ts'], 'build/src/b.ts': ['./a.ts'] };
  expect(crossingsOf(cycle)).toContainEqual(expect.stringContaining('build/src/a.ts: there is no cycle'));
});
