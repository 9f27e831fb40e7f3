import { PermanentError } from '@banknote-loop/shared';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import { type LoadedModel, loadClassifier } from '@banknote-loop/shared/models';

export interface Champion extends LoadedModel {
  readonly fileName: string;
}

/**
 * The model that answers now. One whose file is gone or damaged can defend nothing: then the challenger is judged
 * like a first model, so that the loop gets out of such a state by itself.
 */
export async function loadChampion(
  store: ModelStore,
  fileName: string | undefined,
): Promise<Champion | undefined> {
  const content = fileName && (await store.find(fileName));
  if (!fileName || !content) return undefined;
  try {
    return { fileName, ...loadClassifier(fileName, content) };
  } catch (error) {
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}
