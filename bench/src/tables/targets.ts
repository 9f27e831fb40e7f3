import type { Goal } from '../report.ts';
import { ourName } from './ours.ts';

/** How a learner did on a table. */
export interface LearnerResult {
  readonly table: string;
  readonly learner: string;
  readonly rows: number;
  readonly accuracy: number;
  readonly logLoss: number;
  readonly calibrationError: number;
  readonly seconds: number;
}

/** The peer whose time our trees are held against. */
const boosting = 'HistGradientBoosting';

/** On how many tables we are as good as asked for, and whether the mean of each peer is passed. */
export function targetsOf(figures: readonly LearnerResult[]): Goal[] {
  const byLearner = Map.groupBy(figures, ({ learner }) => learner);
  const ours = byLearner.get(ourName) ?? [];
  const peers = [...byLearner].filter(([learner]) => learner !== ourName);
  const calibrated = ours.filter(({ rows }) => rows >= 500);
  const targets: Goal[] = [
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

export function treeTargets(
  figures: readonly LearnerResult[],
  times: readonly { readonly table: string; readonly seconds: number }[],
): Goal[] {
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

export function splitTargets({
  accuracy,
  logLoss,
  seconds,
}: Readonly<Record<'accuracy' | 'logLoss' | 'seconds', number>>): Goal[] {
  return [
    { what: 'banknotes, mean accuracy of splits', measured: accuracy, atLeast: 0.999 },
    { what: 'banknotes, mean log loss of splits', measured: logLoss, atMost: 0.0045 },
    { what: 'banknotes, seconds to learn and choose', measured: seconds, atMost: 0.6 },
  ];
}
