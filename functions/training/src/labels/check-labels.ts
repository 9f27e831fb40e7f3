import { type TrainingSet, tableOf } from '@banknote-loop/shared/classifier';
import { unlikeFrom } from '@banknote-loop/shared/data-set';
import { compileNovelty, fitNovelty } from '@banknote-loop/shared/learning';
import type { LabelCheck, PeoplesLabels, SuspicionRules } from '@banknote-loop/shared/postgres';
import { findContradictions } from './contradictions.ts';
import { answerWithoutGaps } from './fill-gaps.ts';
import { findOddities } from './oddities.ts';
import { findReference, type Reference, type ReferenceContext } from './reference.ts';

export interface CheckContext extends ReferenceContext {
  readonly rules: ReferenceContext['rules'] & { readonly suspicion: SuspicionRules };
}

/** So many of the data set's own rows say what is known. */
const mostTrusted = 5_000;
/** So many labels are checked before one training; the others follow with the next. */
const mostLabels = 20_000;

/**
 * Holds people's labels that are new against what is known without them, and says of all of them which are learned from. A
 * label counts as suspicious by a model that no person's label had a part in, so that wrong ones cannot vouch for each
 * other, however many there are.
 */
export async function checkLabels(context: CheckContext) {
  const { db, rules } = context;
  if (await db.labels.any()) await checkNew(context);
  const settled = await db.labels.settle(rules.suspicion);
  return (await letSettledVouch(context)) ? db.labels.settle(rules.suspicion) : settled;
}

async function checkNew(context: CheckContext): Promise<void> {
  const { dataSet, db } = context;
  const trusted = await db.labels.trusted(mostTrusted);
  const reference = await findReference(context, trusted);
  const checkedBy = reference?.fileName ?? 'no rows';
  const labels = await db.labels.unchecked(checkedBy, mostLabels);
  const found = {
    oddities: findOddities(dataSet, trusted)(labels.rows),
    contradictions: findContradictions(dataSet, trusted)(labels.rows),
  };
  const answers = reference && answerWithoutGaps(dataSet, trusted, reference, labels.rows);
  await db.labels.recordChecks(checkedBy, checksOf(labels, found, reference, answers));
}

/**
 * What somebody has settled far from everything known is known from then on: labels like it need not wait any longer.
 * Answers whether there are such.
 */
async function letSettledVouch({ dataSet, db, rules }: CheckContext): Promise<boolean> {
  if (!rules.suspicion.reviewFar) return false;
  const { settled, waiting } = await db.labels.far(mostLabels);
  if (settled.keys.length === 0 || waiting.keys.length === 0) return false;
  const known = tableOf(dataSet, joined(await db.labels.trusted(mostTrusted), settled.rows));
  const { unlike } = compileNovelty(fitNovelty(known, 1))(waiting.rows.features);
  const near = waiting.keys.filter((_, row) => (unlike[row] ?? 1) < unlikeFrom);
  await db.labels.noteNearSettled(near);
  return near.length > 0;
}

function joined(one: TrainingSet, other: TrainingSet): TrainingSet {
  return {
    ...one,
    count: one.count + other.count,
    features: Float64Array.from([...one.features, ...other.features]),
    classes: Uint8Array.from([...one.classes, ...other.classes]),
  };
}

interface Findings {
  readonly oddities: readonly (string | null)[];
  readonly contradictions: readonly boolean[];
}

function checksOf(
  { keys, rows }: PeoplesLabels,
  { oddities, contradictions }: Findings,
  reference: Reference | undefined,
  answers: ReturnType<Reference['answer']> | undefined,
): LabelCheck[] {
  const width = rows.classNames.length;
  const plausibilityOf = (row: number, label: number): number | null => {
    const plausibility = answers?.probabilities[row * width + label];
    if (plausibility === undefined || !reference) return null;
    // Where the classes overlap, trusted rows say less of what is beside them.
    return contradictions[row] ? Math.min(plausibility, 1 - reference.accuracy) : plausibility;
  };
  return keys.map(({ batch_id, position, class: label }, row) => ({
    batch_id,
    position,
    class: label,
    plausibility: plausibilityOf(row, label),
    // Right beside a trusted row nothing is far from what is known.
    unlike: contradictions[row] ? 0 : (answers?.unlike?.[row] ?? null),
    oddity: oddities[row] ?? null,
  }));
}
