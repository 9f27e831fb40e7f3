import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startLoop } from '@banknote-loop/local/loop';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { z } from 'zod';

// The notebook of the tour: well formed for any Jupyter, its code Python, and, where there is pandas, run against a loop.

const file = join(import.meta.dirname, '../docs/tour.ipynb');
const python = (script: string, ...args: string[]) =>
  spawnSync('python3', ['-c', script, ...args], { encoding: 'utf8' });
const hasPython = python('').status === 0;
const hasPandas = python('import pandas, matplotlib').status === 0;

/** https://nbformat.readthedocs.io/en/latest/format_description.html, version 4.5. */
const cell = { id: z.string().regex(/^[\w-]{1,64}$/), metadata: z.object({}), source: z.array(z.string()) };
const notebook = z.strictObject({
  nbformat: z.literal(4),
  nbformat_minor: z.literal(5),
  metadata: z.object({ kernelspec: z.object({ name: z.literal('python3'), display_name: z.string() }) }),
  cells: z.array(
    z.discriminatedUnion('cell_type', [
      z.strictObject({ cell_type: z.literal('markdown'), ...cell }),
      // What somebody's run has left behind is not kept.
      z.strictObject({
        cell_type: z.literal('code'),
        ...cell,
        execution_count: z.null(),
        outputs: z.array(z.never()),
      }),
    ]),
  ),
});

it('is a notebook, without what a run has left in it', () => {
  const { cells } = notebook.parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
});

/** Takes each cell by itself, as Jupyter does. */
const forEachCell = (what: string): string => `
import json, sys
for cell in json.load(open(sys.argv[1]))["cells"]:
    if cell["cell_type"] == "code":
        ${what}
`;

(hasPython ? it : it.skip)('is written in Python (skipped where there is none)', () => {
  const { status, stderr } = python(
    forEachCell('compile("".join(cell["source"]), cell["id"], "exec")'),
    file,
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

(hasPandas ? it : it.skip)(
  'runs from end to end (skipped where there is no pandas)',
  async () => {
    const folder = makeTempFolder();
    const loop = await startLoop({ folder, port: 0, durable: false, given: {} });
    try {
      const run = forEachCell('exec(compile("".join(cell["source"]), cell["id"], "exec"), globals())');
      const env = { ...process.env, LOOP_URL: loop.url, MPLBACKEND: 'Agg' };
      const { stdout } = await promisify(execFile)('python3', ['-c', run, file], { env, timeout: 100_000 });
      expect(stdout).toMatch(/ got \d+ of 40 right/);
    } finally {
      await loop.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  150_000,
);
