import { PermanentError } from '@banknote-loop/shared';
import { HttpError } from '@banknote-loop/shared/http';
import { type Explainer, loadRecorded } from '@banknote-loop/shared/models';
import type { Context } from './context.ts';

export type ModelContext = Pick<Context, 'dataSet' | 'db' | 'models' | 'store'>;

/** People look at one batch after another, and compare the same two models: more than these are forgotten. */
const mostKept = 2;

/** Those beside the live model that were asked for last, by what they were loaded from. */
const loaded = new WeakMap<Context['store'], Map<string, Explainer>>();

/** A model by its name, to ask it again what it says. */
export async function modelCalled(fileName: string, context: ModelContext): Promise<Explainer> {
  const { models, store } = context;
  const live = await models.current();
  if (live.fileName === fileName) return live;
  const kept = loaded.get(store) ?? new Map<string, Explainer>();
  loaded.set(store, kept);
  const model = kept.get(fileName) ?? (await loadStored(fileName, context));
  kept.delete(fileName);
  kept.set(fileName, model);
  for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
  return model;
}

/** One that somebody asks for: a 404 where there is none of that name, or none that left a file. */
export async function modelNamed(name: string, context: ModelContext) {
  const record = await context.db.models.find(name);
  if (!record) throw new HttpError(404, `There is no model ${name}.`);
  if (record.report.stored === false) throw new HttpError(404, `The model ${name} left no file.`);
  return modelCalled(name, context);
}

/** A declaration may have changed since, and an earlier model then fits no more. */
async function loadStored(fileName: string, { dataSet, db, store }: ModelContext): Promise<Explainer> {
  try {
    const { facts, probabilities } = await loadRecorded(dataSet, { db, store }, fileName);
    return { fileName, probabilities, background: facts.background };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    throw new HttpError(404, `The model ${fileName} cannot be asked any more: ${error.message}`);
  }
}
