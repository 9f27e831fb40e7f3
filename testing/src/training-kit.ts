import type { ModelMessage } from '@banknote-loop/shared';
import { gateRules, qualityRules, trainingRules } from '@banknote-loop/shared';
import { timeOrderedUuid } from '@banknote-loop/shared/base';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import { classNames, modelMessage } from '@banknote-loop/shared/contract';
import type { DataSet, Row } from '@banknote-loop/shared/data-set';
import type { FoundDataSet } from '@banknote-loop/shared/data-set/files';
import training from '../../functions/training/src/index.ts';
import trainingToDb from '../../functions/training-to-db/src/index.ts';
import { banknotes } from './data-sets.ts';
import { aFeedback, deliver } from './index.ts';
import { copyTestStore, openTestStore, openTestStoreOf, type TestStore } from './model-files.ts';
import { openTestDatabase, type TestDatabase } from './services.ts';

export interface LabelledNote {
  readonly features: Row;
  /** The number of its class. */
  readonly label: number;
}

/** The part of the loop that learns, on a real database and a real store of models. */
export interface TrainingKit extends Omit<TestDatabase, 'disconnect'> {
  readonly store: ModelStore;
  /** Asks for a training, and lets what it announces be recorded. The last model comes back; nothing if there was nothing to train. */
  train(settings?: Readonly<Record<string, string>>): Promise<ModelMessage | undefined>;
  /** Records what a person announces, as the loop would. */
  announce(model: ModelMessage): Promise<void>;
  /** A person says what notes really are, after the live model has called all of them class 1; under a name that was checked, or was not. */
  correct(
    notes: readonly LabelledNote[],
    reviewer?: string,
    options?: { readonly batchId?: string; readonly verified?: boolean },
  ): Promise<string>;
}

export async function openTrainingKit(): Promise<TrainingKit> {
  const [database, models] = await Promise.all([openTestDatabase(), openTestStore()]);
  return kitOn(database, models);
}

/** The same for another data set, with the rows of its file. */
export async function openTrainingKitOf({ dataSet, csv }: FoundDataSet): Promise<TrainingKit> {
  const [database, models] = await Promise.all([
    openTestDatabase({ dataSet, csv }),
    openTestStoreOf(dataSet),
  ]);
  return kitOn(database, models, dataSet);
}

/** A state from which many tests begin: it is made once, and each gets a copy of its tables and files. */
export interface PreparedKit<Made> {
  /** What was made on the way. */
  readonly made: Made;
  open(): Promise<TrainingKit>;
  close(): Promise<void>;
}

export async function prepareKit<Made>(
  prepare: (kit: TrainingKit) => Promise<Made>,
): Promise<PreparedKit<Made>> {
  const [database, models] = await Promise.all([openTestDatabase(), openTestStore()]);
  const made = await prepare(kitOn(database, models));
  await database.disconnect();
  return {
    made,
    async open() {
      const copyOf = database.settings.DBNAME;
      return kitOn(...(await Promise.all([openTestDatabase({ copyOf }), copyTestStore(models)])));
    },
    async close() {
      await Promise.all([database.close(), models.close()]);
    },
  };
}

function kitOn(database: TestDatabase, models: TestStore, dataSet: DataSet = banknotes): TrainingKit {
  const { db } = database;
  const { store } = models;
  const names = classNames(dataSet);

  const kit: TrainingKit = {
    ...database,
    store,
    async announce(model) {
      const clients = { db: await database.ofFunction('training-to-db'), store };
      await deliver(trainingToDb, clients, model, { dataSet });
    },
    async train(settings = {}) {
      const db = await database.ofFunction('training');
      const clients = { db, store, ...rulesOf(settings) };
      const { outcome, published } = await deliver(training, clients, aFeedback(), { dataSet });
      if (outcome !== 'done') throw new Error(`The training ended with "${outcome}".`);
      const messages = published.map(({ content }) => modelMessage.parse(content));
      for (const message of messages) await kit.announce(message);
      return messages.findLast(({ decision }) => decision === undefined);
    },
    async correct(notes, reviewer, { batchId: batch_id = timeOrderedUuid(), verified = false } = {}) {
      const subjects = notes.map((_, i) => `note ${i}`);
      const output = notes.map(() => names[1] ?? '');
      const { model_file_name } = (await db.models.live()) ?? {};
      const prediction = {
        batch_id,
        subjects,
        input: notes.map(({ features }) => features),
        output,
        model_file_name,
      };
      await db.predictions.store({ prediction, created: new Date() });
      const ratings = notes.map(({ label }) => (label === 1 ? 1 : 0));
      // Of two classes a rating says which it is.
      const labels = names.length > 2 ? notes.map(({ label }) => names[label] ?? null) : undefined;
      await db.ratings.apply({ batch_id, subjects, ratings, labels, reviewer, verified }, new Date());
      await db.training.sync(batch_id, subjects);
      return batch_id;
    },
    async close() {
      await Promise.all([database.close(), models.close()]);
    },
  };
  return kit;
}

export function rulesOf(settings: Readonly<Record<string, string>>) {
  return {
    gate: gateRules.parse(settings),
    rules: trainingRules.parse(settings),
    quality: qualityRules.parse(settings),
  };
}
