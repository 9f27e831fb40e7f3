import type { ModelMessage } from '@banknote-loop/shared';
import { NameTakenError } from '@banknote-loop/shared/bucket';
import { type BesideBest, repeatsOfBest, train } from '@banknote-loop/shared/classifier';
import { chooseBackend, compileModel } from '@banknote-loop/shared/learning';
import type { TrainingData } from '@banknote-loop/shared/postgres';
import { judge } from './judge.ts';
import type { TrainingContext } from './make-model.ts';
import { loadChampion, repeatsName } from './rival.ts';

// All later models are held against the best one ever proved, and the luck that it had on the judging rows is none of theirs.
// So it is learned again from the same rows with other seeds, when it has been announced and nobody waits for it any more: what
// those models do beside it says what it is worth.

/** Of more numbers than this chance makes little, and learning takes long. */
const mostNumbers = 10_000;
/** No other training begins meanwhile. */
const mostMs = 5_000;

/** Learns a model again that was just announced, if it is the best now. */
export async function repeatBest(
  { model_file_name, promoted, report }: ModelMessage,
  set: TrainingData,
  { dataSet, db, store, gate, rules }: Pick<TrainingContext, 'dataSet' | 'db' | 'store' | 'gate' | 'rules'>,
): Promise<void> {
  if (!promoted || !report.provedBest || set.training.count * set.training.columns > mostNumbers) return;
  const best = await loadChampion(dataSet, { db, store }, model_file_name);
  const choice = best?.facts.choice;
  if (!choice) return;
  const { tf } = await chooseBackend();
  const until = performance.now() + mostMs;
  const repeats: BesideBest[] = [];
  for (let nth = 1; nth <= repeatsOfBest && performance.now() < until; nth += 1) {
    const options = { seed: (report.seed ?? 0) + nth, budgetSeconds: rules.budgetSeconds, choice };
    const outcome = await train(tf, dataSet, set.training, options);
    if (!outcome.trained) continue;
    const { decision } = judge(
      { ...outcome, ...compileModel(outcome.model) },
      { dataSet, champion: best, set, answers: [], settings: gate },
    );
    if (decision.besideBest) repeats.push(decision.besideBest);
  }
  await store.save(repeatsName(model_file_name), JSON.stringify(repeats)).catch(error => {
    // A message that came twice has been here before.
    if (!(error instanceof NameTakenError)) throw error;
  });
}
