import {
  database,
  defineFunction,
  gateRules,
  modelStore,
  qualityRules,
  topics,
  trainingRules,
} from '@banknote-loop/shared';
import { retrain } from './retrain.ts';

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

  // Requests that arrive during a training find, when it is their turn, that their rows have been trained on.
  handle: (job, given) => given.db.whileDecidingAlone(patienceMs, () => retrain(job.batch_id, given)),
});
