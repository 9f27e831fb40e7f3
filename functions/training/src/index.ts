import { database, defineFunction, gateRules, modelStore, topics } from '@banknote-loop/shared';
import { makeModel } from './make-model.ts';

/** A training takes about a second; whoever waits longer than this comes again. Statements may take 20 s, locks too. */
const patienceMs = 15_000;

export default defineFunction({
  name: 'training',
  summary: 'Trains a model on all that is known, judges it against the one that answers, and announces it.',
  on: topics.job,
  publishes: [topics.model],
  uses: { db: database, store: modelStore, rules: gateRules },
  needs: { memory: '1024Mi', concurrency: 1, maxInstances: 1, timeoutSeconds: 300 },
  optionalPackages: ['@tensorflow/tfjs-node'],

  handle: (_job, { db, store, rules, publish }) =>
    // Requests that arrive during a training find, when it is their turn, that their rows have been trained on.
    db.whileTrainingAlone(patienceMs, async () => {
      const startedAt = performance.now();
      const set = await db.readDataSet();
      const { fingerprint } = set;
      const earlier = await db.trainingOn(fingerprint);
      if (earlier?.announced) return { skipped: 'these rows have been trained on already', fingerprint };

      // A training that died between its record and its announcement is announced now.
      const model = earlier?.message ?? (await makeModel(set, { db, store, rules, startedAt }));
      await publish(topics.model, model);
      const { model_file_name, promoted, reason, records, accuracy } = model;
      return { model: model_file_name, promoted, reason, records, accuracy, fingerprint };
    }),
});
