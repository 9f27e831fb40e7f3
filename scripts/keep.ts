import { answerHelp } from '@banknote-loop/shared/base';
import { expire, keepSettings } from '@banknote-loop/shared/expiry';
import { cache, database, modelStore, readSettings } from '@banknote-loop/shared/resources';
import { runTool, words } from './tool.ts';

// `npm run keep`: takes out what has been kept for as long as the settings say. Meant to be run once a day.

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
  const { batches, notes, archived, models, records, audit } = await expire(stores, settings);
  if (notes !== undefined)
    console.log(`${notes} predictions of ${batches} batches that nobody had rated are gone`);
  for (const file of archived ?? []) console.log(`archived in ${file}`);
  for (const model of models ?? []) console.log(`${model} is gone: it was refused`);
  if (records !== undefined) console.log(`${records} old records are gone`);
  if (audit !== undefined) console.log(`${audit} old entries of the audit log are gone`);
  if ([notes, models, records, audit].every(one => one === undefined)) console.log('All is kept for ever.');
});
