import type { ModelStore } from '@banknote-loop/shared/bucket';
import type { Row } from '@banknote-loop/shared/data-set';
import { answerRows, type LoadedModel, loadClassifier } from '@banknote-loop/shared/models';
import { banknotes } from '../data-sets.ts';

/** What a model says of a note, asked of the model's own file. */
export interface RightAnswer {
  readonly label: string;
  readonly score: number;
}

/** Asks the files in the bucket, each read once, what the answers must have been. */
export class AnswerKey {
  readonly #store: ModelStore;
  readonly #models = new Map<string, Promise<LoadedModel>>();

  constructor(store: ModelStore) {
    this.#store = store;
  }

  async answersOf(modelFileName: string, notes: readonly Row[]): Promise<RightAnswer[]> {
    const model = await this.#model(modelFileName);
    const { output, scores = [] } = answerRows(banknotes, model, notes);
    return output.map((label, i) => ({ label, score: scores[i] ?? Number.NaN }));
  }

  #model(fileName: string): Promise<LoadedModel> {
    const model =
      this.#models.get(fileName) ??
      this.#store.load(fileName).then(content => loadClassifier(banknotes, fileName, content));
    this.#models.set(fileName, model);
    return model;
  }
}
