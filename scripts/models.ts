import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { type DataSet, trainingRules } from '@banknote-loop/shared';
import { answerHelp, timeOrderedUuid } from '@banknote-loop/shared/base';
import { decodeModelFile } from '@banknote-loop/shared/classifier';
import { type DecisionRequest, decisionBody, topics } from '@banknote-loop/shared/contract';
import { publishByHand } from '@banknote-loop/shared/function';
import { writeOnnxModel } from '@banknote-loop/shared/learning';
import { type Announce, decideManually, findRecorded, submitModel } from '@banknote-loop/shared/models';
import type { Database } from '@banknote-loop/shared/postgres';
import { database, modelStore } from '@banknote-loop/shared/resources';
import { words } from './meant-loop.ts';
import { describeStaleness, measureStaleness } from './staleness.ts';
import { runTool } from './tool.ts';

const usage = `npm run models -- list                     the newest models, and which one answers
npm run models -- show NAME                all that is known of one
npm run models -- log                      who decided what, when and why
npm run models -- promote NAME --why TEXT  lets a model answer from now on
npm run models -- rollback --why TEXT      goes back to the model before
npm run models -- pin [NAME] --why TEXT    holds a model in its place, whatever trainings bring
npm run models -- unpin --why TEXT         lets trainings decide again
npm run models -- train                    asks for a training now
npm run models -- staleness                how much worse the models of 1, 7 and 30 days ago are by now
npm run models -- import FILE              takes a model from elsewhere in (ONNX, or our own JSON), to be judged
npm run models -- sign                     signs the models of before there was a key (see docs/operations.md)
npm run models -- export NAME              writes a model's file into this folder, and beside it the same model as ONNX
  --by NAME                                who decides, if not the user of this machine
  --data-set NAME                          of which loop, where several run here`;

const newest = 20;
const kindOf: Readonly<Record<string, DecisionRequest['kind']>> = {
  promote: 'promotion',
  rollback: 'rollback',
  pin: 'pin',
  unpin: 'unpin',
};

answerHelp(usage);
await runTool({ db: database, store: modelStore }, async ({ db, store }, instance) => {
  const { command, name, by, why } = readArguments();
  if (command === 'list') return list(db);
  if (command === 'show' && name) return show(db, name);
  if (command === 'log') return log(db);
  if (command === 'staleness') {
    const { caps } = trainingRules.parse(process.env);
    const { holdout } = await db.training.dataSet(caps);
    return console.log(
      describeStaleness(await measureStaleness(instance.dataSet, { db, store }, holdout), holdout.count),
    );
  }
  if (command === 'train') {
    await publishByHand(instance, topics.job, aRequestForTraining());
    return console.log('A training has been asked for; `npm run models -- list` will show what came of it.');
  }
  if (command === 'sign') {
    return console.log(`${await store.signAll()} model files have been signed.`);
  }
  if (command === 'import' && name) {
    const { dataSet } = instance;
    const job = await submitModel(readFileSync(name), { dataSet, db, store, by });
    await db.audit.record({ who: by, action: 'model-import', target: job.candidate });
    await publishByHand(instance, topics.job, job);
    return console.log(
      `The model has been taken in; \`npm run models -- list\` will show what came of it, under the job ${job.batch_id}.`,
    );
  }
  if (command === 'export' && name) {
    const text = await findRecorded({ db, store }, name);
    if (text === undefined) throw new Error(`There is no model ${name}.`);
    return exportModel(instance.dataSet, basename(name), text);
  }
  const kind = kindOf[command];
  if (!kind) throw new Error(usage);
  await decide(db, { kind, by, why, ...(name && { model_file_name: name }) }, async model => {
    await publishByHand(instance, topics.model, model);
  });
});

function readArguments() {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { by: { type: 'string' }, why: { type: 'string' } },
  });
  const [command = 'list', name] = positionals;
  return { command, name, by: values.by ?? userInfo().username, why: values.why };
}

async function list(db: Database): Promise<void> {
  const [models, live] = await Promise.all([db.models.newest(newest), db.models.live()]);
  for (const { model_file_name, created, promoted, accuracy, reason } of models) {
    const mark = model_file_name === live?.model_file_name ? (live.kind === 'pin' ? 'pinned' : 'live') : '';
    const outcome = promoted ? 'promoted' : 'refused';
    console.log(
      `${mark.padEnd(6)}  ${model_file_name}  ${created}  ${accuracy.toFixed(4)}  ${outcome}: ${reason}`,
    );
  }
}

/** The file as it lies in the bucket, and the model as other programs read it; of some there is no such form. */
function exportModel(dataSet: DataSet, fileName: string, text: string): void {
  writeFileSync(fileName, text, { flag: 'wx' });
  console.log(`${fileName} is in this folder.`);
  const name = `${basename(fileName, '.json')}.onnx`;
  writeFileSync(name, writeOnnxModel(dataSet, decodeModelFile(dataSet, text).model), { flag: 'wx' });
  console.log(`${name} is beside it.`);
}

async function show(db: Database, name: string): Promise<void> {
  const model = await db.models.find(name);
  if (!model) throw new Error(`There is no model ${name}.`);
  console.log(JSON.stringify(model, null, 2));
}

async function log(db: Database): Promise<void> {
  for (const { created, kind, promoted, model_file_name, made_by, why } of await db.decisions.newest(
    newest,
  )) {
    const what = kind === 'training' && !promoted ? 'refusal' : kind;
    console.log(`${created}  ${what.padEnd(9)}  ${model_file_name}  ${made_by}: ${why}`);
  }
}

async function decide(db: Database, given: object, announce: Announce): Promise<void> {
  const request = decisionBody.safeParse(given);
  if (!request.success) {
    const [issue] = request.error.issues;
    throw new Error(`${issue?.path.join('.') || 'The command'}: ${issue?.message}\n\n${usage}`);
  }
  const { kind, by, why } = request.data;
  const { model_file_name, decision } = await decideManually(db, request.data, announce);
  const before = decision?.replaces ? ` instead of ${decision.replaces}` : '';
  console.log(`${kind} by ${by}: ${model_file_name} answers${before} (${why})`);
}

/** A training belongs to the batch that asked for it; this one has a batch of its own. */
function aRequestForTraining() {
  return { batch_id: timeOrderedUuid(), subjects: ['asked for by hand'], ratings: [null] };
}
