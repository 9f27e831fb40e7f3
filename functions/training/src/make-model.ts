import { type ModelMessage, uuidFromName } from '@banknote-loop/shared';
import { formatTraceparent, type Trace } from '@banknote-loop/shared/base';

import type { ModelStore } from '@banknote-loop/shared/bucket';
import { chooseBackend, encodeModel, probe, train } from '@banknote-loop/shared/classifier';
import type { Database, DataSet, PromotedModel } from '@banknote-loop/shared/postgres';
import { loadChampion } from './champion.ts';
import { type JudgeSettings, judgeNetwork, refuseUntrained, respectPin } from './judge.ts';
import { fileNameOf, probeRows, seedOf } from './origin.ts';
import { startStopwatch } from './stopwatch.ts';

export interface Surroundings {
  readonly db: Database;
  readonly store: ModelStore;
  readonly gate: JudgeSettings;
  /** The model that answers now. */
  readonly live: PromotedModel | undefined;
  /** Where this training stands in its trace. */
  readonly trace: Trace;
  /** When the work on this model began, by `performance.now()`. */
  readonly startedAt: number;
}

/** Trains, judges, stores and records one model; the message that it returns is all there is to say of it. */
export async function makeModel(set: DataSet, around: Surroundings): Promise<ModelMessage> {
  const { db, store, gate, live, trace, startedAt } = around;
  const { fingerprint, training } = set;
  const lap = startStopwatch(startedAt);
  const { tf, name: backend } = await chooseBackend();
  const created = await db.decisions.nextTime();
  const origin = { created: created.toISOString(), fingerprint, seed: seedOf(fingerprint), backend };
  const data_prep_time = lap();

  const outcome = train(tf, training, origin.seed);
  const training_time = lap();

  const champion = await loadChampion(store, live?.model_file_name);
  const answers = await db.predictions.newest(gate.flipRows);
  const verdict = respectPin(
    outcome.trained
      ? judgeNetwork(outcome.network, { champion, set, answers, gate })
      : refuseUntrained(outcome),
    live,
  );
  const testing_time = lap();

  const model_file_name = fileNameOf(created);
  if (outcome.trained) {
    const { accuracy, logLoss } = verdict;
    const metrics = { trainingRows: training.count, holdOutRows: set.holdout.count, accuracy, logLoss };
    const probes = probe(outcome.network, probeRows(training));
    await store.save(model_file_name, encodeModel({ ...outcome.network, ...origin, metrics, probes }));
  }
  const parent = champion?.fileName ?? null;
  const message: ModelMessage = {
    // The same rows against the same champion make the same job: a training repeated after a crash counts once.
    job_id: uuidFromName('job', fingerprint, parent ?? ''),
    model_file_name,
    records: training.count,
    accuracy: verdict.accuracy,
    report: {
      ...verdict.report,
      data: describeData(set),
      seed: origin.seed,
      backend,
      stored: outcome.trained,
    },
    data_prep_time,
    training_time,
    testing_time,
    promoted: verdict.promoted,
    reason: verdict.reason,
    fingerprint,
    parent,
    created: origin.created,
    traceparent: formatTraceparent(trace),
  };
  await db.models.record(message, created);
  return message;
}

/** Where the rows came from, and what became of each of people's labels. */
function describeData({ training, trainingByPeople, holdout, holdoutByPeople, roles }: DataSet) {
  const judgedByPeople = holdoutByPeople.reduce((sum, person) => sum + person, 0);
  return {
    training: { bank: training.count - trainingByPeople, people: trainingByPeople },
    holdout: { bank: holdout.count - judgedByPeople, people: judgedByPeople },
    labels: { ...roles },
  };
}
