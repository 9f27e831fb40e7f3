import {
  database,
  defineFunction,
  gateRules,
  modelStore,
  qualityRules,
  topics,
  trainingRules,
} from '@banknote-loop/shared';
import { watchQuality } from '@banknote-loop/shared/quality/watch.ts';
import { considerTraining } from './consider-training.ts';
import { makeModel } from './make-model.ts';
import { rollBackIfWorse } from './roll-back.ts';

/** A training takes about a second; whoever waits longer than this comes again. Statements may take 20 s, locks too. */
const patienceMs = 15_000;

export default defineFunction({
  name: 'training',
  summary: 'Trains a model on all that is known, judges it against the one that answers, and announces it.',
  on: topics.job,
  publishes: [topics.model],
  uses: { db: database, store: modelStore, gate: gateRules, rules: trainingRules, quality: qualityRules },
  needs: { memory: '1024Mi', concurrency: 1, maxInstances: 1, timeoutSeconds: 300 },
  optionalPackages: ['@tensorflow/tfjs-node'],

  handle: (
    { batch_id },
    { db, store, gate, rules, quality: qualityRules, id, time, log, trace, linkTo, publish },
  ) =>
    // Requests that arrive during a training find, when it is their turn, that their rows have been trained on.
    db.whileDecidingAlone(patienceMs, async () => {
      const startedAt = performance.now();
      const quality = await watchQuality(db, qualityRules, log);
      if (qualityRules.rollBackOnLiveAccuracy) {
        await rollBackIfWorse(db, quality, model => publish(topics.model, model));
      }
      const set = await db.readDataSet(rules.caps);
      const { fingerprint, changes } = set;
      const live = await db.liveModel();
      const hurry = qualityRules.retrainOnDrift && quality.drift.some(({ drifted }) => drifted);
      const { skip, earlier } = await considerTraining(db, set, live, { ...rules, hurry });
      if (earlier) await db.noteLabelRoles(earlier.job_id, changes);
      // Whose label an earlier training has learned finds that training from here.
      linkTo(earlier?.traceparent);
      if (skip) {
        await db.recordSkippedTraining({
          messageId: id,
          batchId: batch_id,
          fingerprint,
          reason: skip,
          created: time,
        });
        return { skipped: skip, job: earlier?.job_id, model: earlier?.model_file_name, fingerprint };
      }
      // A training that died between its record and its announcement is announced now.
      const model = earlier ?? (await makeModel(set, { db, store, gate, live, trace, startedAt }));
      await db.noteLabelRoles(model.job_id, changes);
      await publish(topics.model, model);
      const { job_id: job, model_file_name, promoted, reason, records, accuracy, training_time } = model;
      const facts = { promoted, reason, records, accuracy, training_seconds: training_time };
      return { job, model: model_file_name, ...facts, fingerprint };
    }),
});
