import type { Part } from '../part.ts';
import type { Findings } from '../report.ts';
import { openStores } from '../stores.ts';
import { batchingGain, type HandlerResult, runBenchmark, targetsAt } from './benchmark.ts';
import { feedbackToDb } from './feedback-to-db.ts';
import { feedbackToTraining } from './feedback-to-training.ts';
import { predictionBenchmark } from './prediction.ts';
import { predictionToCache } from './prediction-to-cache.ts';
import { predictionToDb } from './prediction-to-db.ts';

export const handlers: Part = {
  name: 'handlers',
  summary: 'each function on real stores, beside the bare limit and the naive way',

  async measure(effort) {
    const stores = await openStores();
    const predicting = await predictionBenchmark();
    try {
      return merge([
        await runBenchmark(predicting, effort, predictionTargets),
        await runBenchmark(
          predictionToDb(stores),
          effort,
          predictionToDbTargets(await batchingGain(predictionToDb(stores), effort)),
        ),
        await runBenchmark(predictionToCache(stores), effort, outcomes =>
          targetsAt(
            outcomes,
            ({ rows, width }) => rows === 1 && width === 64,
            atLeastOfLimit('prediction-to-cache', 0.5),
          ),
        ),
        await runBenchmark(feedbackToDb(stores), effort, largest('feedback-to-db')),
        await runBenchmark(feedbackToTraining(stores), effort, largest('feedback-to-training')),
      ]);
    } finally {
      predicting.close();
      await stores.close();
    }
  },
};

function predictionTargets(outcomes: readonly HandlerResult[]) {
  return [
    ...targetsAt(
      outcomes,
      ({ rows, width }) => rows === 1_000 && width === 1,
      ({ series }) => ({
        what: 'prediction, 1,000 rows: times the bare parsing, arithmetic and writing',
        measured: series.ratio('limit', 'ours').median,
        atMost: 2,
      }),
    ),
    ...targetsAt(
      outcomes,
      ({ rows, width }) => rows === 1 && width === 1,
      ({ series }) => ({
        what: 'prediction, a single note: own time in ms',
        measured: 1_000 / series.spread('ours').median,
        atMost: 0.1,
      }),
    ),
  ];
}

function predictionToDbTargets(gain: number) {
  return (outcomes: readonly HandlerResult[]) => [
    ...targetsAt(outcomes, ({ rows }) => rows >= 100, atLeastOfLimit('prediction-to-db', 0.6)),
    {
      what: 'prediction-to-db, single rows, 64 in flight: times one commit after the other',
      measured: gain,
      atLeast: 8,
    },
  ];
}

function largest(name: string) {
  return (outcomes: readonly HandlerResult[]) =>
    targetsAt(outcomes, ({ rows }) => rows === 1_000, atLeastOfLimit(name, 0.5));
}

function atLeastOfLimit(name: string, atLeast: number) {
  return ({ rows, width, series }: HandlerResult) => ({
    what: `${name}, ${rows} rows, ${width} in flight: share of the limit`,
    measured: series.ratio('ours', 'limit').median,
    atLeast,
  });
}

function merge(findings: readonly Findings[]): Findings {
  return {
    tables: findings.flatMap(({ tables }) => tables),
    targets: findings.flatMap(({ targets }) => targets),
  };
}
