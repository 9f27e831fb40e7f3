import { type DataSet, type ModelMessage, PermanentError } from '@banknote-loop/shared';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import { requireLoadable } from '@banknote-loop/shared/models';

/** Another program's model that nobody here can load is on record as refused, and never answers. */
export async function refuseUnloadable(
  model: ModelMessage,
  { store, dataSet }: { readonly store: ModelStore; readonly dataSet: DataSet },
): Promise<ModelMessage> {
  try {
    return { ...model, content_sha256: await requireLoadable(dataSet, store, model) };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return {
      ...model,
      promoted: false,
      reason: error.message,
      report: { ...model.report, stored: false },
    };
  }
}
