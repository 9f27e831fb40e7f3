import {
  database,
  defineFunction,
  gateRules,
  modelStore,
  qualityRules,
  topics,
  trainingRules,
} from '@banknote-loop/shared';
import { judgeCandidate } from './judge-candidate.ts';
import { retrain } from './retrain.ts';

/** A training takes a second, of wide tables its budget; whoever waits longer comes again. Statements may take 20 s, locks too. */
const maxWaitMs = 15_000;

export default defineFunction({
  name: 'training',
  summary:
    'Trains a model on all that is known, or takes one from elsewhere, judges it against the one that answers, and announces it.',
  on: topics.job,
  publishes: [topics.model],
  uses: { db: database, store: modelStore },
  settings: { gate: gateRules, rules: trainingRules, quality: qualityRules },
  // One instance, in which requests wait together; if it took one at a time, the platform would turn the others away.
  needs: { memory: '1024Mi', maxInstances: 1, timeoutSeconds: 300 },
  optionalPackages: ['@tensorflow/tfjs-node'],

  handle({ batch_id, candidate, reviewer }, context) {
    const { decisions } = context.db;
    return candidate
      ? decisions.withLock(maxWaitMs, () =>
          judgeCandidate({ job_id: batch_id, candidate, by: reviewer ?? '' }, context),
        )
      : decisions.whileTraining(maxWaitMs, decideAlone => retrain(batch_id, { ...context, decideAlone }));
  },
});
