import { answerHelp } from '@banknote-loop/shared/base';
import { describeGone, expire, keepSettings, keepsForEver } from '@banknote-loop/shared/expiry';
import { cache, database, modelStore, readSettings } from '@banknote-loop/shared/resources';
import { words } from './meant-loop.ts';
import { runTool } from './tool.ts';

// `npm run keep`: takes out what has been kept for as long as the settings say. `npm start` does so every day by itself.

const usage = `npm run keep               takes out what has been kept for as long as the settings say:
  KEEP_UNRATED_DAYS          predictions that nobody has rated
  KEEP_ARCHIVE=on            … once they are in the bucket, as CSV
  KEEP_REFUSED_MODELS_DAYS   models that were refused and that nothing depends on
  KEEP_RECORDS_DAYS          numbers that people watch, trainings that were put off
  KEEP_AUDIT_DAYS            the audit log, 90 at least
  --data-set NAME            of which loop, where several run here`;

answerHelp(usage);
await runTool({ db: database, cache, models: modelStore }, async stores => {
  if (words.length > 0) throw new Error(usage);
  const settings = readSettings(keepSettings, process.env);
  for (const line of describeGone(await expire(stores, settings))) console.log(line);
  if (keepsForEver(settings)) console.log('All is kept for ever.');
});
