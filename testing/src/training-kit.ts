import type { ModelMessage } from '@banknote-loop/shared';
import { gateRules, qualityRules, trainingRules } from '@banknote-loop/shared';
import { timeOrderedUuid } from '@banknote-loop/shared/base';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import { modelMessage } from '@banknote-loop/shared/contract';
import type { Row } from '@banknote-loop/shared/data-set';
import training from '../../functions/training/src/index.ts';
import trainingToDb from '../../functions/training-to-db/src/index.ts';
import { aFeedback, deliver } from './index.ts';
import { copyTestStore, openTestStore, type TestStore } from './model-files.ts';
import { openTestDatabase, type TestDatabase } from './services.ts';

export interface LabelledNote {
  readonly features: Row;
  readonly label: 0 | 1;
}

/** The part of the loop that learns, on a real database and a real store of models. */
export interface TrainingKit extends Omit<TestDatabase, 'disconnect'> {
  readonly store: ModelStore;
  /** Asks for a training, and lets what it announces be recorded. The last model comes back; nothing if there was nothing to train. */
  train(settings?: Readonly<Record<string, string>>): Promise<ModelMessage | undefined>;
  /** Records what a person announces, as the loop would. */
  announce(model: ModelMessage): Promise<void>;
  /** A person says what notes really are, after the live model has called all of them real. */
  correct(notes: readonly LabelledNote[], reviewer?: string, batchId?: string): Promise<string>;
}

export async function openTrainingKit(): Promise<TrainingKit> {
  const [database, models] = await Promise.all([openTestDatabase(), openTestStore()]);
  return kitOn(database, models);
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

/** What decides here is what a training does, and not how well it chooses: a single way to learn is enough. */
const usual = { TRAIN_BUDGET_SECONDS: '1' };

function kitOn(database: TestDatabase, models: TestStore): TrainingKit {
  const { db } = database;
  const { store } = models;

  const kit: TrainingKit = {
    ...database,
    store,
    async announce(model) {
      await deliver(trainingToDb, { db: await database.ofFunction('training-to-db'), store }, model);
    },
    async train(settings = {}) {
      const db = await database.ofFunction('training');
      const clients = { db, store, ...rulesOf({ ...usual, ...settings }) };
      const { outcome, published } = await deliver(training, clients, aFeedback());
      if (outcome !== 'done') throw new Error(`The training ended with "${outcome}".`);
      const messages = published.map(({ content }) => modelMessage.parse(content));
      for (const message of messages) await kit.announce(message);
      return messages.findLast(({ decision }) => decision === undefined);
    },
    async correct(notes, reviewer, batch_id = timeOrderedUuid()) {
      const subjects = notes.map((_, i) => `note ${i}`);
      const output = notes.map(() => 'real');
      const { model_file_name } = (await db.models.live()) ?? {};
      const prediction = {
        batch_id,
        subjects,
        input: notes.map(({ features }) => features),
        output,
        model_file_name,
      };
      await db.predictions.store({ prediction, created: new Date() });
      const ratings = notes.map(({ label }) => label);
      await db.ratings.apply({ batch_id, subjects, ratings, reviewer }, new Date());
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
