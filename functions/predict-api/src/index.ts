import {
  answerRules,
  cache,
  database,
  deadLetters,
  defineHttp,
  liveModel,
  messageKeys,
  modelStore,
  predictRules,
  qualityRules,
  queues,
  signIn,
  topics,
} from '@banknote-loop/shared';
import { readGauges } from './gauges.ts';
import { routes } from './routes.ts';

export default defineHttp({
  name: 'predict-api',
  summary: 'Answers what became of the items, takes corrections, predicts at once, and serves the page.',
  publishes: [topics.feedback, topics.prediction, topics.model, topics.job],
  uses: {
    cache,
    db: database,
    models: liveModel,
    store: modelStore,
    queues,
    deadLetters,
    signIn,
    signatures: messageKeys,
  },
  settings: { answers: answerRules, predictions: predictRules, quality: qualityRules },
  needs: { timeoutSeconds: 3_600 },
  routes,
  audit: ({ db }) => db.audit,
  ready: ({ db }) => db.ping(),
  gauges: readGauges,
});
