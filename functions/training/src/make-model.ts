import { type ModelMessage, uuidFromName } from '@banknote-loop/shared';
import { chooseBackend } from '@banknote-loop/shared/classifier/backend.ts';
import { encodeModel, probe } from '@banknote-loop/shared/classifier/model-file.ts';
import { train } from '@banknote-loop/shared/classifier/train.ts';
import type { ModelStore } from '@banknote-loop/shared/models/store.ts';
import type { DataSet } from '@banknote-loop/shared/postgres/data-set.ts';
import type { Database } from '@banknote-loop/shared/postgres/database.ts';
import { loadChampion } from './champion.ts';
import { type JudgeSettings, judgeNetwork, refuseUntrained } from './judge.ts';
import { fileNameOf, probeRows, seedOf } from './origin.ts';
import { startStopwatch } from './stopwatch.ts';

export interface Surroundings {
  readonly db: Database;
  readonly store: ModelStore;
  readonly rules: JudgeSettings;
  /** When the work on this model began, by `performance.now()`. */
  readonly startedAt: number;
}

/** Trains, judges, stores and records one model; the message that it returns is all there is to say of it. */
export async function makeModel(set: DataSet, around: Surroundings): Promise<ModelMessage> {
  const { db, store, rules, startedAt } = around;
  const { fingerprint, training, holdout } = set;
  const lap = startStopwatch(startedAt);
  const { tf, name: backend } = await chooseBackend();
  const created = new Date();
  const origin = { created: created.toISOString(), fingerprint, seed: seedOf(fingerprint), backend };
  const data_prep_time = lap();

  const outcome = train(tf, training, origin.seed);
  const training_time = lap();

  const champion = await loadChampion(db, store);
  const verdict = outcome.trained
    ? judgeNetwork(outcome.network, {
        champion,
        holdout,
        answers: await db.newestAnswers(rules.flipRows),
        rules,
      })
    : refuseUntrained(outcome);
  const testing_time = lap();

  const model_file_name = fileNameOf(created);
  const counts = { trainingRows: training.count, holdOutRows: holdout.count };
  if (outcome.trained) {
    const metrics = { ...counts, accuracy: verdict.accuracy, logLoss: verdict.logLoss };
    const probes = probe(outcome.network, probeRows(training));
    await store.save(model_file_name, encodeModel({ ...outcome.network, ...origin, metrics, probes }));
  }
  const message: ModelMessage = {
    // The same rows make the same job: a training that is repeated after a crash counts once.
    job_id: uuidFromName('job', fingerprint),
    model_file_name,
    records: training.count,
    accuracy: verdict.accuracy,
    report: { ...verdict.report, ...counts, seed: origin.seed, backend, stored: outcome.trained },
    data_prep_time,
    training_time,
    testing_time,
    promoted: verdict.promoted,
    reason: verdict.reason,
    fingerprint,
    parent: champion?.fileName ?? null,
    created: origin.created,
  };
  await db.recordModel(message, created);
  return message;
}
