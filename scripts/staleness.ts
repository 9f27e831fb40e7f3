import type { DataSet } from '@banknote-loop/shared';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import { measurePredictions } from '@banknote-loop/shared/classifier';
import { loadRecorded } from '@banknote-loop/shared/models';
import type { Database, TrainingData } from '@banknote-loop/shared/postgres';

/** How a model that answered some days ago would do on the hold-out as it is now. */
export interface Age {
  readonly days: number;
  readonly model: string;
  readonly accuracy: number;
  readonly logLoss: number;
}

const ages = [0, 1, 7, 30];
const dayMs = 86_400_000;
/** More decisions than a loop makes in a month that trains every ten minutes. */
const mostDecisions = 5_000;

/**
 * Replays: the models that answered today and some days ago are asked the same rows, the hold-out with all that people have
 * said until now, which none of them has learned from. What an old one does worse is what standing still would have cost.
 */
export async function measureStaleness(
  dataSet: DataSet,
  { db, store }: { readonly db: Database; readonly store: ModelStore },
  holdout: TrainingData['holdout'],
  now = new Date(),
): Promise<readonly Age[]> {
  const decisions = await db.decisions.newest(mostDecisions);
  const found: Age[] = [];
  for (const days of ages) {
    const then = now.getTime() - days * dayMs;
    const model = decisions.find(
      ({ promoted, created }) => promoted && new Date(created).getTime() <= then,
    )?.model_file_name;
    if (!model) continue;
    const { probabilities } = await loadRecorded(dataSet, { db, store }, model);
    const { accuracy, logLoss } = measurePredictions(
      probabilities(holdout.features),
      holdout.classes,
      holdout.classNames,
    );
    found.push({ days, model, accuracy, logLoss });
  }
  return found;
}

/** The ages as a table for people. */
export function describeStaleness(found: readonly Age[], rows: number): string {
  const [now] = found;
  if (!now) return 'No model has answered yet.';
  const lines = found.map(({ days, model, accuracy, logLoss }) => {
    const when = days === 0 ? 'now' : `${days} ${days === 1 ? 'day' : 'days'} ago`;
    const lost = ((now.accuracy - accuracy) * 100).toFixed(1);
    const worse =
      days === 0 ? '' : `  ${lost} points worse, log loss ${(logLoss - now.logLoss).toFixed(4)} higher`;
    return `${when.padEnd(11)}  ${model}  ${accuracy.toFixed(4)}  ${logLoss.toFixed(4)}${worse}`;
  });
  return [
    `On ${rows} hold-out rows, as people have labelled them until now: accuracy and log loss`,
    ...lines,
  ].join('\n');
}
