import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Column, chooseBackend, measure, stratifiedFolds } from '@banknote-loop/shared/learning';
import { bankData } from '@banknote-loop/testing/bank-data';
import { makeFolder } from '../folder.ts';
import type { Part } from '../part.ts';
import type { Cell, Table, Target } from '../report.ts';
import { readResults, readTables, writeTable } from './files.ts';
import { generatedTables, type NamedTable } from './generated.ts';
import { type Answered, answerFolds, measureSplits, ourName, timeTrees } from './ours.ts';

const python = '/usr/bin/python3';
const program = join(import.meta.dirname, 'peers.py');
/** The peer whose time our trees are held against. */
const boosting = 'HistGradientBoosting';

export const tables: Part = {
  name: 'tables',
  summary: 'how well any table is learned, beside scikit-learn where it is installed, on the same five folds',

  async measure({ quick }) {
    const { tf } = await chooseBackend();
    const { path: folder, remove } = makeFolder();
    try {
      const hasPeers = run(['-c', 'import sklearn']);
      if (hasPeers && !run([program, 'export', folder])) throw new Error('scikit-learn wrote no tables.');
      const all = [bankNotes(), ...(hasPeers ? readTables(folder) : []), ...generatedTables()];
      const chosen = quick ? all.filter(({ count, columns }) => count * columns.length < 20_000) : all;
      const answered: Answered[] = [];
      for (const table of chosen) {
        const folds = stratifiedFolds(table, 5, 1);
        writeTable(folder, table, folds);
        answered.push(await answerFolds(tf, table, folds));
      }
      // Not at the same time, for either would take the processor from the other.
      if (hasPeers && run([program, 'judge', folder])) answered.push(...readResults(folder));
      const figures = chosen.flatMap(table => figuresOf(table, answered));
      const treeTimes = hasPeers
        ? chosen.map(table => ({ table: table.name, seconds: timeTrees(table) }))
        : [];
      const splits = await measureSplits(tf, bankNotes(), quick ? 5 : 20);
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
          { what: 'bank notes, mean accuracy of splits', measured: splits.accuracy, atLeast: 0.999 },
          { what: 'bank notes, mean log loss of splits', measured: splits.logLoss, atMost: 0.0045 },
          { what: 'bank notes, seconds to learn and choose', measured: splits.seconds, atMost: 0.6 },
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

function bankNotes(): NamedTable {
  const { features, classes, count } = bankData();
  const columns: Column[] = Array.from({ length: features.length / count }, () => ({ kind: 'number' }));
  return { name: 'bank notes', columns, values: features, classes, classCount: 2, count };
}

interface Figures {
  readonly table: string;
  readonly learner: string;
  readonly rows: number;
  readonly accuracy: number;
  readonly logLoss: number;
  readonly calibrationError: number;
  readonly seconds: number;
}

function figuresOf(
  { name, classes, classCount, count }: NamedTable,
  answered: readonly Answered[],
): Figures[] {
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

function tableOf(title: string, figures: readonly Figures[], cell: (figures: Figures) => Cell): Table {
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

/** On how many tables we are as good as asked for, and whether the mean of each peer is passed. */
function targetsOf(figures: readonly Figures[]): Target[] {
  const byLearner = Map.groupBy(figures, ({ learner }) => learner);
  const ours = byLearner.get(ourName) ?? [];
  const peers = [...byLearner].filter(([learner]) => learner !== ourName);
  const calibrated = ours.filter(({ rows }) => rows >= 500);
  const targets: Target[] = [
    {
      what: 'tables of 500 rows or more with a calibration error of at most 0.03',
      measured: calibrated.filter(({ calibrationError }) => calibrationError <= 0.03).length,
      atLeast: calibrated.length,
    },
    {
      what: 'longest training, in seconds',
      measured: Math.max(...ours.map(({ seconds }) => seconds)),
      atMost: 20,
    },
  ];
  if (peers.length === 0) return targets;
  const others = figures.filter(({ learner }) => learner !== ourName);
  const isGood = ours.map(({ table, accuracy, logLoss, rows }) => {
    const own = others.filter(one => one.table === table);
    const best = Math.max(...own.map(one => one.accuracy));
    const allowed = Math.max(0.01, Math.sqrt((best * (1 - best)) / rows));
    const lowest = Math.min(...own.map(one => one.logLoss));
    return { accuracy: accuracy >= best - allowed, logLoss: logLoss <= lowest * 1.05 };
  });
  return [
    ...peers.map(([learner, own]) => ({
      what: `mean accuracy, above that of ${learner}`,
      measured: mean(ours.map(({ accuracy }) => accuracy)),
      atLeast: mean(own.map(({ accuracy }) => accuracy)),
    })),
    {
      what: 'tables with an accuracy within 1 point, or a standard error, of the best peer',
      measured: isGood.filter(({ accuracy }) => accuracy).length,
      atLeast: ours.length,
    },
    {
      what: 'tables with a log loss within 5 % of the best peer, or below',
      measured: isGood.filter(({ logLoss }) => logLoss).length,
      atLeast: ours.length,
    },
    ...targets,
  ];
}

function treeTargets(
  figures: readonly Figures[],
  times: readonly { readonly table: string; readonly seconds: number }[],
): Target[] {
  const ratios = times.flatMap(({ table, seconds }) => {
    const peer = figures.find(one => one.table === table && one.learner === boosting);
    return peer ? [seconds / peer.seconds] : [];
  });
  if (ratios.length === 0) return [];
  return [
    {
      what: `one fit of our trees, in fits of ${boosting}, at worst`,
      measured: Math.max(...ratios),
      atMost: 3,
    },
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
