import type { ModelMessage } from '@banknote-loop/shared';
import type { PeoplesLabels, TrainingData } from '@banknote-loop/shared/postgres';
import { openTrial, type TrainingContext } from '../make-model.ts';
import { findCulprits } from './culprits.ts';
import { withoutLabels } from './without-labels.ts';

export interface QuarantineContext
  extends Pick<TrainingContext, 'dataSet' | 'db' | 'store' | 'gate' | 'live'> {
  readonly rules: TrainingContext['rules'] & { readonly quarantineSeconds: number };
}

/** Refusals that no label of a person's can have led to. */
const blameless: readonly string[] = [
  'pinned',
  'too-few-rows',
  'one-class-only',
  'gain-too-small',
  'gain-by-chance',
];
const mostSuspects = 2_000;
const mostTries = 24;

/**
 * After a refusal, looks for the labels without which a model would have passed, and sets them aside, so that what all
 * others said is learned. Answers how many they are.
 */
export async function quarantine(
  set: TrainingData,
  { report, reason }: ModelMessage,
  context: QuarantineContext,
): Promise<number> {
  const { db, rules } = context;
  if (rules.quarantineSeconds === 0 || blameless.includes(report.rule ?? '')) return 0;
  const labels = await db.labels.used(mostSuspects);
  const until = performance.now() + rules.quarantineSeconds * 1_000;
  const passes = await openTrial(context);
  const culprits = await findCulprits(suspectsIn(labels), {
    passesWithout: suspects => passes(withoutLabels(set, labels.rows, suspects)),
    mostTries,
    isLate: () => performance.now() > until,
  });
  if (culprits.length === 0) return 0;
  const others = culprits.length === 1 ? '' : `, together with ${culprits.length - 1} others`;
  return db.labels.setAside(
    culprits,
    `With this label${others} no new model passes, and without it one does: ${reason} A second reviewer can settle it.`,
  );
}

function suspectsIn({ keys }: PeoplesLabels) {
  return keys.map((key, row) => ({ ...key, row }));
}
