import { cache, database, defineHttp, topics } from '@banknote-loop/shared';
import { getBatch, getBatches, patchBatch } from './batches.ts';
import { getJobs, getModels } from './models.ts';

export default defineHttp({
  name: 'predict-api',
  summary: 'Answers what became of the notes, and takes corrections.',
  publishes: [topics.feedback],
  uses: { cache, db: database },
  routes: [getBatches, getBatch, patchBatch, getJobs, getModels],
});
