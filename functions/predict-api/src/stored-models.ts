import { PermanentError } from '@banknote-loop/shared';
import { HttpError } from '@banknote-loop/shared/http';
import { type Explainer, loadRecorded } from '@banknote-loop/shared/models';
import type { Context } from './context.ts';

export type ModelContext = Pick<Context, 'dataSet' | 'db' | 'models' | 'store'>;

/** Gets a model by its name, to ask it again what it says. */
export type ModelCalled = (fileName: string, context: ModelContext) => Promise<Explainer>;

/** People look at one batch after another, and compare the same two models: more than these are forgotten. */
const mostKept = 2;

/** Loads models, and keeps those beside the live model that were asked for last. */
export function rememberModels(): ModelCalled {
  const kept = new Map<string, Explainer>();
  return async (fileName, context) => {
    const live = await context.models.current();
    if (live.fileName === fileName) return live;
    const model = kept.get(fileName) ?? (await loadStored(fileName, context));
    kept.delete(fileName);
    kept.set(fileName, model);
    for (const oldest of kept.keys()) if (kept.size > mostKept) kept.delete(oldest);
    return model;
  };
}

/** A 404 where there is no model of a name that somebody asks for, or none that left a file. */
export async function requireStored(name: string, { db }: Pick<Context, 'db'>): Promise<void> {
  const record = await db.models.find(name);
  if (!record) throw new HttpError(404, `There is no model ${name}.`);
  if (record.report.stored === false) throw new HttpError(404, `The model ${name} left no file.`);
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
