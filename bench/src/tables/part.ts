import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tableOf as learnable } from '@banknote-loop/shared/classifier';
import { listDataSets } from '@banknote-loop/shared/data-set/files';
import { chooseBackend, measure, stratifiedFolds } from '@banknote-loop/shared/learning';
import { rowsOf } from '@banknote-loop/testing/bank-data';
import { makeFolder } from '../folder.ts';
import type { Part } from '../part.ts';
import type { Cell, ReportTable } from '../report.ts';
import { readResults, readTables, writeTable } from './files.ts';
import { generatedTables, type NamedTable } from './generated.ts';
import { type Answered, answerFolds, measureSplits, timeTrees } from './ours.ts';
import { type LearnerResult, splitTargets, targetsOf, treeTargets } from './targets.ts';

const python = '/usr/bin/python3';
const program = join(import.meta.dirname, 'peers.py');
/** What peers answered is kept: it takes most of the time, and changes with neither our code nor the day. */
const kept = join(import.meta.dirname, '../../../node_modules/.cache/banknote-loop-peers');

export const tables: Part = {
  name: 'tables',
  summary: 'how well any table is learned, beside scikit-learn where it is installed, on the same five folds',
  takesLong: true,

  async measure({ quick, tables: wanted }) {
    const { tf } = await chooseBackend();
    const { path: folder, remove } = makeFolder();
    try {
      const hasPeers = run(['-c', 'import sklearn']);
      if (hasPeers && !run([program, 'export', folder])) throw new Error('scikit-learn wrote no tables.');
      const all = [...(await shippedTables()), ...(hasPeers ? readTables(folder) : []), ...generatedTables()];
      const chosen = all.filter(
        ({ name, count, columns }) =>
          (wanted.length === 0 || wanted.includes(name)) && (!quick || count * columns.length < 20_000),
      );
      const answered: Answered[] = [];
      for (const table of chosen) {
        const folds = stratifiedFolds(table, 5, 1);
        writeTable(folder, table, folds);
        answered.push(await answerFolds(tf, table, folds));
      }
      // Not at the same time, for either would take the processor from the other.
      if (hasPeers && run([program, 'judge', folder, kept])) answered.push(...readResults(folder));
      const figures = chosen.flatMap(table => figuresOf(table, answered));
      const treeTimes = hasPeers
        ? chosen.map(table => ({ table: table.name, seconds: timeTrees(table) }))
        : [];
      const bankNotes = all.find(({ name }) => name === 'banknotes');
      const splits = bankNotes && (await measureSplits(tf, bankNotes, quick ? 5 : 20));
      return {
        tables: [
          tableOf('Accuracy', figures, ({ accuracy }) => accuracy.toFixed(4)),
          tableOf('Log loss', figures, ({ logLoss }) => logLoss.toFixed(4)),
          tableOf('Calibration error', figures, ({ calibrationError }) => calibrationError.toFixed(3)),
          tableOf('Seconds to train', figures, ({ seconds }) => seconds),
        ],
        targets: [
          ...targetsOf(figures),
          ...treeTargets(figures, treeTimes),
          ...(splits ? splitTargets(splits) : []),
        ],
      };
    } finally {
      remove();
    }
  },
};

function run(args: readonly string[]): boolean {
  if (!existsSync(python)) return false;
  return spawnSync(python, args, { stdio: ['ignore', 'ignore', 'ignore'] }).status === 0;
}

/** Those that come with the loop. */
function shippedTables(): Promise<NamedTable[]> {
  return Promise.all(
    listDataSets().map(async name => {
      const { dataSet, set } = await rowsOf(name);
      return { name, ...learnable(dataSet, set) };
    }),
  );
}

function figuresOf(
  { name, classes, classCount, count }: NamedTable,
  answered: readonly Answered[],
): LearnerResult[] {
  return answered
    .filter(({ table }) => table === name)
    .map(({ learner, scores, seconds }) => ({
      table: name,
      learner,
      rows: count,
      seconds,
      ...measure({ scores, classes, classCount }),
    }));
}

function tableOf(
  title: string,
  figures: readonly LearnerResult[],
  cell: (figures: LearnerResult) => Cell,
): ReportTable {
  const learners = [...new Set(figures.map(({ learner }) => learner))];
  const byTable = Map.groupBy(figures, ({ table }) => table);
  return {
    title,
    columns: ['table', ...learners],
    rows: [...byTable].map(([table, own]) => [
      table,
      ...learners.map(name => {
        const found = own.find(({ learner }) => learner === name);
        return found ? cell(found) : '';
      }),
    ]),
  };
}
