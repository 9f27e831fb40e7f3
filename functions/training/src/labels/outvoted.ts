import type { ModelMessage } from '@banknote-loop/shared';
import { calledClass } from '@banknote-loop/shared/learning';
import { findRecorded, loadClassifier } from '@banknote-loop/shared/models';
import type { TrainingContext } from '../make-model.ts';

/** So many labels that judge are looked at. */
const mostLabels = 2_000;

/**
 * After a promotion to which people's labels in the hold-out objected, so that their reviewers are known: the labels that the
 * model before had right, and this one has wrong. What the model has right again is no longer doubted for it.
 */
export async function noteOutvoted(
  { model_file_name, parent, promoted, report }: ModelMessage,
  { dataSet, db, store, gate }: Pick<TrainingContext, 'dataSet' | 'db' | 'store' | 'gate'>,
): Promise<void> {
  if (!promoted || !parent || !report.people?.test) return;
  const isObjected = report.people.test.challengerWorse < gate.alpha;
  const { keys, rows } = await db.labels.judging(mostLabels);
  const [now, before] = await Promise.all(
    [model_file_name, parent].map(async name => {
      const content = await findRecorded({ db, store }, name);
      return content && loadClassifier(dataSet, name, content).probabilities(rows.features);
    }),
  );
  if (!now || !before) return;
  const isRight = (probabilities: Float64Array, row: number): boolean =>
    calledClass(probabilities, row, rows.classNames.length) === rows.classes[row];
  const won = keys.filter((_, row) => isRight(now, row));
  const lost = isObjected ? keys.filter((_, row) => isRight(before, row) && !isRight(now, row)) : [];
  await db.labels.noteOutvoted(
    lost,
    won,
    `It judges, and objected to ${model_file_name}, which was promoted: what others said, and the ${dataSet.items} that came with the data, speak for that model. A second reviewer can settle it.`,
  );
}
