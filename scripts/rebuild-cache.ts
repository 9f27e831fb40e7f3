import { readCommandLine } from '@banknote-loop/shared/base';
import { rebuildCache } from '@banknote-loop/shared/rebuild';
import { cache, database } from '@banknote-loop/shared/resources';
import { words } from './meant-loop.ts';
import { runTool } from './tool.ts';

const usage = `npm run rebuild-cache      makes Redis what Postgres says while the loop goes on turning, and proves the two equal
  --data-set NAME          of which loop, where several run here`;

readCommandLine(usage, {}, words);

await runTool({ db: database, cache }, async ({ db, cache }) => {
  const { batches, jobs, model, corrected } = await rebuildCache(cache, db);
  for (const difference of corrected) console.log(`corrected: ${difference}`);
  console.log(`equal: ${batches} batches, ${jobs} jobs, model:latest ${model ?? 'none'}`);
});
