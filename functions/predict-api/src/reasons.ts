import { setImmediate } from 'node:timers/promises';
import { type DataSet, z } from '@banknote-loop/shared';
import type { Row } from '@banknote-loop/shared/data-set';
import { HttpError } from '@banknote-loop/shared/http';
import { explainPrediction, findNearestChange, type LiveModel } from '@banknote-loop/shared/models';

const flag = z.enum(['true', 'false'], { error: 'It is true or false.' }).optional();
/** What an immediate prediction may be asked for beside the answer. */
export const predictOptions = {
  /** `true`: with what each feature contributes to the answer. */
  explain: flag,
  /** `true`: with the smallest change of one feature that would make another answer. */
  nearest_change: flag,
  /** `false`: the prediction is forgotten once it is answered, and cannot be rated. */
  record: flag,
};
export type PredictOptions = z.output<z.ZodObject<typeof predictOptions>>;

/** In an address they stand beside the values: a column of the same name is meant first. */
export function optionsBeside({ features }: DataSet): Partial<typeof predictOptions> {
  const columns = new Set(features.map(({ column }) => column));
  return Object.fromEntries(Object.entries(predictOptions).filter(([name]) => !columns.has(name)));
}

/** Each takes a model milliseconds, where an answer takes microseconds. */
const mostExplained = 10;

export function requireFewExplained({ length }: readonly Row[], asked: PredictOptions): void {
  if (length <= mostExplained || !wantsReasons(asked)) return;
  throw new HttpError(
    413,
    `${length} are too many to be explained: ask for at most ${mostExplained} at a time.`,
    {
      field: 'features',
    },
  );
}

/** One item after another, with room for other requests between them. */
export async function reasonsFor(
  rows: readonly Row[],
  model: LiveModel,
  asked: PredictOptions,
  dataSet: DataSet,
) {
  const reasons: ReturnType<typeof reasonsOf>[] = [];
  if (!wantsReasons(asked)) return reasons;
  for (const row of rows) {
    await setImmediate();
    reasons.push(reasonsOf(row, model, asked, dataSet));
  }
  return reasons;
}

function wantsReasons({ explain, nearest_change }: PredictOptions): boolean {
  return explain === 'true' || nearest_change === 'true';
}

function reasonsOf(
  row: Row,
  model: LiveModel,
  { explain, nearest_change }: PredictOptions,
  dataSet: DataSet,
) {
  return {
    ...(explain === 'true' && explainPrediction(dataSet, model, row)),
    ...(nearest_change === 'true' && { nearest_change: findNearestChange(dataSet, model, row) ?? null }),
  };
}
