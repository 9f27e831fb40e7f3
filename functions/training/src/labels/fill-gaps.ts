import type { DataSet } from '@banknote-loop/shared';
import type { TrainingSet } from '@banknote-loop/shared/classifier';
import { unlikeFrom } from '@banknote-loop/shared/data-set';
import type { Classifier } from '@banknote-loop/shared/learning';

// An item with a value that is missing, or with a category that nobody has seen, is unlike anything known, so that
// nothing would speak against whatever is said of it: with sixty such labels anybody could teach models to take the gap itself
// for a sign. What else is known of the item does speak. So the gaps are filled with what trusted rows have there.

type Answers = ReturnType<Classifier['answer']>;

/** So many trusted rows are tried. */
const mostDonors = 32;

/**
 * What a model says of rows; of those that are unlike anything known for their gaps alone, what it says on average of those
 * fillings with which they are not.
 */
export function answerWithoutGaps(
  dataSet: DataSet,
  trusted: TrainingSet,
  { answer }: Pick<Classifier, 'answer'>,
  { features, columns, count, classNames }: TrainingSet,
): Answers {
  const answers = answer(features);
  const { probabilities, unlike } = answers;
  if (!unlike) return answers;
  const [said, strange] = [probabilities.slice(), unlike.slice()];
  const donors = donorsAmong(dataSet, trusted);
  for (let row = 0; row < count; row += 1) {
    const values = features.subarray(row * columns, (row + 1) * columns);
    const gaps = gapsIn(dataSet, values);
    // Of an item of which hardly anything is known, nothing else speaks.
    if ((unlike[row] ?? 0) < unlikeFrom || gaps.length === 0 || 2 * gaps.length > columns) continue;
    const filled = answer(fill(values, gaps, donors));
    const known = [...donors.keys()].filter(donor => (filled.unlike?.[donor] ?? 1) < unlikeFrom);
    if (known.length === 0) continue;
    strange[row] = Math.min(...known.map(donor => filled.unlike?.[donor] ?? 1));
    for (let label = 0; label < classNames.length; label += 1) {
      const sum = known.reduce(
        (total, donor) => total + (filled.probabilities[donor * classNames.length + label] ?? 0),
        0,
      );
      said[row * classNames.length + label] = sum / known.length;
    }
  }
  return { ...answers, probabilities: said, unlike: strange };
}

/** Rows without gaps, from all over the trusted ones. */
function donorsAmong(dataSet: DataSet, { features, columns, count }: TrainingSet): readonly Float64Array[] {
  const rows = Array.from({ length: count }, (_, row) =>
    features.subarray(row * columns, (row + 1) * columns),
  );
  const whole = rows.filter(row => gapsIn(dataSet, row).length === 0);
  const step = Math.max(1, whole.length / mostDonors);
  return Array.from(
    { length: Math.min(mostDonors, whole.length) },
    (_, place) => whole[Math.floor(place * step)] ?? new Float64Array(columns),
  );
}

/** The columns of values that are missing, or of categories that the data set does not have. */
function gapsIn({ features }: DataSet, values: Float64Array): readonly number[] {
  return [...values.keys()].filter(column => {
    const [feature, value = Number.NaN] = [features[column], values[column]];
    return Number.isNaN(value) || (feature?.kind === 'category' && value >= feature.categories.length);
  });
}

function fill(values: Float64Array, gaps: readonly number[], donors: readonly Float64Array[]): Float64Array {
  const filled = new Float64Array(donors.length * values.length);
  donors.forEach((donor, place) => {
    filled.set(values, place * values.length);
    for (const column of gaps) filled[place * values.length + column] = donor[column] ?? Number.NaN;
  });
  return filled;
}
