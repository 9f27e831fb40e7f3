import type { ModelMessage } from '@banknote-loop/shared';
import type { Database, DataSet, PromotedModel } from '@banknote-loop/shared/postgres';

export interface Patience {
  /** With fewer new or changed labels than this, a training is put off. */
  readonly afterRows: number;
  /** But not for longer than this after the last one; 0 waits for the labels alone. */
  readonly afterMinutes: number;
  /** Takes whatever there is to learn at once. */
  readonly hurry: boolean;
}

export interface Consideration {
  /** Why there is nothing to train now, if so. */
  readonly skip?: string;
  /** The training that these rows have had already. */
  readonly earlier?: ModelMessage;
}

/** Finds out whether these rows are worth a training now. */
export async function considerTraining(
  db: Database,
  { fingerprint, changes }: DataSet,
  live: PromotedModel | undefined,
  patience: Patience,
): Promise<Consideration> {
  const done = await db.models.trainedOn(fingerprint, live?.model_file_name);
  if (done?.announced) {
    const { model_file_name } = done.message;
    return {
      skip: `These rows have been trained on already, for ${model_file_name}.`,
      earlier: done.message,
    };
  }
  if (done) return { earlier: done.message };
  const undone = await db.decisions.rollbackOf(fingerprint);
  if (undone) {
    const { model_file_name, made_by, why } = undone;
    return { skip: `The model of these rows, ${model_file_name}, was rolled back by ${made_by}: ${why}` };
  }
  return (await isTooEarly(db, changes.length, patience))
    ? {
        skip: `Put off: ${changes.length} labels have changed, and ${patience.afterRows} are worth a training.`,
      }
    : {};
}

/** Rows that only went, with a label that was withdrawn, are no reason to wait: the model must forget them. */
async function isTooEarly(
  db: Database,
  changed: number,
  { afterRows, afterMinutes, hurry }: Patience,
): Promise<boolean> {
  if (hurry || changed === 0 || changed >= afterRows) return false;
  const minutes = await db.models.minutesSinceNewest();
  if (minutes === undefined) return false;
  return afterMinutes === 0 || minutes < afterMinutes;
}
