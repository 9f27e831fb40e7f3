import { classNames } from '@banknote-loop/shared/contract';
import type { DataSet } from '@banknote-loop/shared/data-set';
import type { LabelRole, ReceiptRecord } from '@banknote-loop/shared/postgres';

type Untaught = Exclude<LabelRole, 'trains' | 'set aside'>;

function describeRole(dataSet: DataSet, role: Untaught): string {
  const { item, items } = dataSet;
  const names = classNames(dataSet);
  const [first, second] = names;
  const [among, kind] =
    names.length === 2
      ? [`${second} as ${first} ${items}`, 'the other']
      : [`${items} of each class`, 'another'];
  const words: Readonly<Record<Untaught, string>> = {
    judges: `One ${item} in five judges the models instead of training them, so that every model is judged on ${items} that it has never seen, and this is one of those. Your label helps to decide which model may answer.`,
    overruled: `This ${item} is one of the data set's own that judge the models, and there the data set's label stands. Yours is kept, but changes nothing.`,
    capped:
      'Its reviewer or its batch has had the largest share that one of them may have in what models learn from. It counts as soon as there is room for it.',
    surplus: `Models learn from about as many ${among}, and at the moment there are more of its kind than of ${kind}. It counts as soon as there is room for it.`,
    superseded: `A later label of the same ${item}, or of one that is all but the same, says something else, and counts instead.`,
  };
  return words[role];
}

/** Tells a reviewer what became of a rating. */
export function describeRating(dataSet: DataSet, record: ReceiptRecord, waitSeconds: number | null): string {
  const { training_class, role, set_aside } = record;
  if (training_class === null) return 'The rating is on its way to the rows that models learn from.';
  if (set_aside !== null) return `Nothing is learned from it for now. ${set_aside}`;
  if (role === null || role === 'set aside') return 'The rating waits for the next training.';
  return role === 'trains' ? describeLearned(record, waitSeconds) : describeRole(dataSet, role);
}

function describeLearned(
  { model_file_name, promoted, reason, live_by }: ReceiptRecord,
  wait: number | null,
): string {
  const learned = promoted
    ? `Models learn from it. The first was ${model_file_name}, which was promoted.`
    : `Models learn from it. The first was ${model_file_name}, which was refused: ${reason}`;
  if (wait !== null) {
    return `${learned} A model that knows it has answered ${wait.toFixed(1)} s after the rating for the first time (${live_by}).`;
  }
  return promoted
    ? `${learned} It has not had anything to answer since.`
    : `${learned} It is learned again by every model from now on, so it takes effect with the next one that is promoted.`;
}
