import type { DataSet } from '@banknote-loop/shared';
import { type TrainingSet, tableOf } from '@banknote-loop/shared/classifier';
import type { Report } from '@banknote-loop/shared/contract';
import { type Learned, measureImportance, pickRows } from '@banknote-loop/shared/learning';

/** So many answers for one report keep it within the time that the judge takes anyway. */
const mostAnswers = 20_000;
const rounds = 3;
/** With fewer rows chance would say more than the columns. */
const fewestRows = 50;

/** What was tried, what was chosen and why, and what each column is worth to the model. */
export function describeLearning(
  dataSet: DataSet,
  { model, report }: Pick<Learned, 'model' | 'report'>,
  holdout: TrainingSet,
  seed: number,
): NonNullable<Report['learning']> {
  const importance = importanceOf(dataSet, model, holdout, seed);
  return { ...report, ...(importance && { importance }) };
}

function importanceOf(dataSet: DataSet, model: Learned['model'], holdout: TrainingSet, seed: number) {
  const affordable = Math.floor(mostAnswers / (rounds * holdout.columns));
  const count = Math.min(holdout.count, affordable);
  if (count < fewestRows) return undefined;
  const step = holdout.count / count;
  const rows = Array.from({ length: count }, (_, place) => Math.floor(place * step));
  const table = pickRows(tableOf(dataSet, holdout), rows);
  return measureImportance(model, table, seed, rounds).map(({ column, ...worth }) => ({
    column: dataSet.features[column]?.column ?? '',
    ...worth,
  }));
}
