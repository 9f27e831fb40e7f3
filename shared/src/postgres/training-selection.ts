import type { DataSet } from '../data-set/declaration.ts';
import { countedLabels, validLabels } from './counted-labels.ts';
import type { GivenLabel, GivenLabels } from './given-labels.ts';
import { groupByItem, type ItemLabels } from './labelled-items.ts';
import type { OwnRows } from './own-rows.ts';
import {
  fingerprintOf,
  type LabelRole,
  type RoleChange,
  type SelectionRules,
  type TrainingData,
} from './training-data.ts';
import { type ItemUse, TrainingSides } from './training-sides.ts';

// Which rows models learn from and are judged by:
//   items   what people said, by item; items that are all but the same count as one
//   counted each reviewer's latest label of each item, as far as the caps for reviewers and batches go, the newest first.
//           A label that a cap leaves out is left out before the labels of an item compete, so that it hides no other one
//   valid   of the counted labels of an item the latest; that of a reviewer whose name was checked comes before all others
//   own     the data set's own rows. A person's label counts before theirs, but not in the hold-out: there they keep
//           their label, so that nobody can change what models are judged by. No row of theirs makes room for a person's
//   roles   what became of each label of a person's

export function selectRows(
  dataSet: DataSet,
  own: OwnRows,
  { labels, outdated }: GivenLabels,
  rules: SelectionRules,
): TrainingData {
  const items = groupByItem(dataSet, own, labels);
  const sides = new TrainingSides(dataSet, own, items);
  const counted = new Set(
    [false, true].flatMap(judges => countedLabels(items, judges, sides.ownRows(judges), rules)),
  );
  const valid = validLabels(items, counted);
  for (const [item, label] of valid) sides.take(item, label);
  if (dataSet.balance) sides.balance(rules.minimumRows);

  const settled: RoleChange[] = outdated.map(label => ({ ...label, role: 'capped' }));
  const roles: Partial<Record<LabelRole, number>> = {};
  const settle = (label: GivenLabel, role: LabelRole): void => {
    roles[role] = (roles[role] ?? 0) + 1;
    const { batch_id, position, class: number } = label;
    if (role !== label.role) settled.push({ batch_id, position, class: number, role });
  };
  for (const item of items) {
    const outcome = sides.outcomeOf(item);
    for (const label of item.labels) settle(label, roleOf(label, item, outcome, valid.get(item), counted));
  }
  for (const label of labels) if (label.isSetAside) settle(label, 'set aside');
  const training = sides.rows(false);
  const holdout = sides.rows(true);
  return {
    training: training.set,
    holdout: holdout.set,
    holdoutByPeople: Uint8Array.from(holdout.reviewers, number => Math.min(number, 1)),
    holdoutReviewers: holdout.reviewers,
    trainingByPeople: training.reviewers.reduce((sum, number) => sum + Math.min(number, 1), 0),
    trainingOwnClasses: training.ownClasses,
    fingerprint: fingerprintOf(training.set, holdout.set),
    roles,
    changes: settled,
  };
}

function roleOf(
  label: GivenLabel,
  { first, latest }: ItemLabels,
  outcome: ItemUse | undefined,
  valid: GivenLabel | undefined,
  counted: ReadonlySet<GivenLabel>,
): LabelRole {
  if (outcome?.class === label.class) {
    if (!outcome.isUsed) return 'surplus';
    return first.judges ? 'judges' : 'trains';
  }
  if (valid?.class === label.class) return 'overruled';
  const own = latest.get(label.principal);
  return own?.class === label.class && !counted.has(own) ? 'capped' : 'superseded';
}
