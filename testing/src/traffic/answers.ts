import type { ModelStore } from '@banknote-loop/shared/bucket';
import { type Features, type Label, labelOfScore } from '@banknote-loop/shared/contract';
import { type LoadedModel, loadClassifier } from '@banknote-loop/shared/models';

/** What a model says of a note, asked of the model's own file. */
export interface RightAnswer {
  readonly label: Label;
  readonly score: number;
}

/** Asks the files in the bucket, each read once, what the answers must have been. */
export class AnswerKey {
  readonly #store: ModelStore;
  readonly #models = new Map<string, Promise<LoadedModel>>();

  constructor(store: ModelStore) {
    this.#store = store;
  }

  async answersOf(modelFileName: string, notes: readonly Features[]): Promise<RightAnswer[]> {
    const model = await this.#model(modelFileName);
    return Array.from(model.scores(notes), score => ({ label: labelOfScore(score), score }));
  }

  #model(fileName: string): Promise<LoadedModel> {
    const model =
      this.#models.get(fileName) ??
      this.#store.load(fileName).then(content => loadClassifier(fileName, content));
    this.#models.set(fileName, model);
    return model;
  }
}
