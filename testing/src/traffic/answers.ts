import type { ModelStore } from '@banknote-loop/shared/bucket';
import type { DataSet, Row } from '@banknote-loop/shared/data-set';
import { answerRows, type LoadedModel, loadClassifier } from '@banknote-loop/shared/models';

/** What a model says of an item, asked of the model's own file. */
export interface RightAnswer {
  readonly prediction: string;
  /** Of two classes the probability of class 1; of more, `probabilities` has one for each. */
  readonly score: number | null;
  readonly probabilities: readonly number[] | null;
}

/** Asks the files in the bucket, each read once, what the answers must have been. */
export class AnswerKey {
  readonly #store: ModelStore;
  readonly #dataSet: DataSet;
  readonly #models = new Map<string, Promise<LoadedModel>>();

  constructor(store: ModelStore, dataSet: DataSet) {
    this.#store = store;
    this.#dataSet = dataSet;
  }

  async answersOf(modelFileName: string, rows: readonly Row[]): Promise<RightAnswer[]> {
    const model = await this.#model(modelFileName);
    const { output, scores, probabilities } = answerRows(this.#dataSet, model, rows);
    return output.map((prediction, i) => ({
      prediction,
      score: scores?.[i] ?? null,
      probabilities: probabilities?.[i] ?? null,
    }));
  }

  #model(fileName: string): Promise<LoadedModel> {
    const model =
      this.#models.get(fileName) ??
      this.#store.load(fileName).then(content => loadClassifier(this.#dataSet, fileName, content));
    this.#models.set(fileName, model);
    return model;
  }
}
