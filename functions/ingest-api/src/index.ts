import { defineHttp, topics } from '@banknote-loop/shared';
import { postNotes } from './post-notes.ts';

export default defineHttp({
  name: 'ingest-api',
  summary: 'Takes batches of items in.',
  publishes: [topics.request],
  routes: dataSet => [postNotes(dataSet)],
});
