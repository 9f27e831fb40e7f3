import type { LabelCheck, PeoplesLabels, SuspicionRules } from '@banknote-loop/shared/postgres';
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
  return db.labels.settle(rules.suspicion);
}

async function checkNew(context: CheckContext): Promise<void> {
  const { dataSet, db } = context;
  const trusted = await db.labels.trusted(mostTrusted);
  const reference = await findReference(context, trusted);
  const checkedBy = reference?.fileName ?? 'no rows';
  const labels = await db.labels.unchecked(checkedBy, mostLabels);
  const oddities = findOddities(dataSet, trusted)(labels.rows);
  await db.labels.recordChecks(checkedBy, checksOf(labels, oddities, reference));
}

function checksOf(
  { keys, rows }: PeoplesLabels,
  oddities: readonly (string | null)[],
  reference: Reference | undefined,
): LabelCheck[] {
  const width = rows.classNames.length;
  const answers = reference?.answer(rows.features);
  return keys.map(({ batch_id, position, class: label }, row) => ({
    batch_id,
    position,
    class: label,
    plausibility: answers?.probabilities[row * width + label] ?? null,
    unlike: answers?.unlike?.[row] ?? null,
    oddity: oddities[row] ?? null,
  }));
}
