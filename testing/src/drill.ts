import { type ModelMessage, trainingRules } from '@banknote-loop/shared';
import { measurePredictions, type TrainingSet } from '@banknote-loop/shared/classifier';
import { type DataSet, encodeRows } from '@banknote-loop/shared/data-set';
import type { Classifier } from '@banknote-loop/shared/learning';
import { loadClassifier } from '@banknote-loop/shared/models';
import type { LabelledNote, TrainingKit } from './training-kit.ts';

export interface CleanSetScores {
  readonly accuracy: number;
  readonly logLoss: number;
}

/** Nothing is chosen anew in a drill, and a single candidate is enough. */
const budget = { TRAIN_BUDGET_SECONDS: '1' };

type Feedback = Parameters<TrainingKit['db']['ratings']['apply']>[0];

/** A loop that is attacked by the ways that anybody has, one case after the other, each from the same first model. */
export class Drill {
  readonly kit: TrainingKit;
  readonly #dataSet: DataSet;
  #first: ModelMessage | undefined;
  #batches: string[] = [];

  constructor(kit: TrainingKit, dataSet: DataSet) {
    this.kit = kit;
    this.#dataSet = dataSet;
  }

  async begin(): Promise<void> {
    this.#first = await this.train();
  }

  train(settings: Readonly<Record<string, string>> = {}): Promise<ModelMessage | undefined> {
    return this.kit.train({ ...budget, ...settings });
  }

  /** The batches of this case, in the order in which they were said. */
  get batches(): readonly string[] {
    return this.#batches;
  }

  async say(notes: readonly LabelledNote[], reviewer?: string, verified = false): Promise<string> {
    const batch = await this.kit.correct(notes, reviewer, { verified });
    this.#batches.push(batch);
    return batch;
  }

  async rate(feedback: Feedback): Promise<void> {
    await this.kit.db.ratings.apply(feedback, new Date());
    await this.kit.db.training.sync(feedback.batch_id, feedback.subjects);
  }

  /** All notes of a batch are what they were called, or none is. */
  async rateAll(batch_id: string, rating: 0 | 1 | null, reviewer: string, verified = false): Promise<void> {
    const subjects = (await this.kit.db.batches.notes(batch_id)).map(({ subject }) => subject);
    await this.rate({ batch_id, subjects, ratings: subjects.map(() => rating), reviewer, verified });
  }

  /**
   * Everybody takes back what they said, and the first model answers again. Answers what is left of it all: how many labels
   * are set aside, and whether a training would see what the first one saw.
   */
  async restore(): Promise<{ readonly setAside: number; readonly isAsBefore: boolean }> {
    const { db, asOwner } = this.kit;
    for (const batch of this.#batches) await this.#withdraw(batch);
    this.#batches = [];
    const name = this.#first?.model_file_name;
    await asOwner(`delete from jobs where model_file_name <> '${name}'`);
    await asOwner(`delete from decisions where model_file_name <> '${name}'`);
    await asOwner(`delete from models where file_name <> '${name}'`);
    const { setAside } = await db.quality.learning();
    const { fingerprint } = await db.training.dataSet(trainingRules.parse({}).caps);
    return { setAside, isAsBefore: fingerprint === this.#first?.fingerprint };
  }

  async #withdraw(batch_id: string): Promise<void> {
    const notes = await this.kit.db.batches.notes(batch_id);
    for (const [reviewer, rated] of Map.groupBy(notes, ({ reviewer }) => reviewer)) {
      const subjects = rated.map(({ subject }) => subject);
      const ratings = rated.map(() => null);
      await this.rate({ batch_id, subjects, ratings, reviewer: reviewer ?? undefined, verified: true });
    }
  }

  async liveModel(): Promise<Classifier> {
    const { model_file_name = '' } = (await this.kit.db.models.live()) ?? {};
    return loadClassifier(this.#dataSet, model_file_name, await this.kit.store.load(model_file_name));
  }

  async figures({ features, classes, classNames }: TrainingSet): Promise<CleanSetScores> {
    return measurePredictions((await this.liveModel()).probabilities(features), classes, classNames);
  }

  /** How probable the live model finds what each note is said to be. */
  async belief(notes: readonly LabelledNote[]): Promise<number[]> {
    const rows = encodeRows(
      this.#dataSet,
      notes.map(({ features }) => features),
    );
    const probabilities = (await this.liveModel()).probabilities(rows);
    const width = this.#dataSet.label.classes.length;
    return notes.map(({ label }, row) => probabilities[width * row + label] ?? 0);
  }

  /** How many labels of a reviewer's are listed for a second look. */
  async setAsideOf(reviewer: string | null): Promise<number> {
    const listed = await this.kit.db.reviews.notes('look-again', 10_000);
    return listed.filter(one => one.reviewer === reviewer).length;
  }
}

export function accuracyOf(beliefs: readonly number[]): number {
  return beliefs.filter(probability => probability > 0.5).length / beliefs.length;
}
