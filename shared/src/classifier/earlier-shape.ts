import type { DataSet } from '../data-set/declaration.ts';
import { placesOfClasses, placesOfFeatures } from '../data-set/descent.ts';
import type { Classifier } from '../learning/model.ts';
import { InvalidModelError } from './model-error.ts';
import type { Shape } from './shape.ts';

/** A model of an earlier declaration, for rows and answers of the one of now. */
export interface Adapted extends Classifier {
  /** A row as the model encodes it, encoded as it is now. */
  renew(row: readonly (number | null)[]): (number | null)[];
}

interface Column {
  /** Where its values stand now. */
  readonly place: number;
  /** What each code of a category of now was before, and each of before is now; no list where values are what they were. */
  readonly codes?: { readonly before: readonly number[]; readonly after: readonly number[] };
}

/**
 * Lets a model answer rows of a later declaration, as far as it can: it does not see features that it does not know, takes
 * new categories for ones that were never seen, and never says a new class. Throws an `InvalidModelError` that says what it
 * cannot do without.
 */
export function adapt(dataSet: DataSet, shape: Shape, { answer }: Classifier): Adapted {
  const columns = columnsOf(dataSet, shape);
  const places = classesOf(dataSet, shape);
  const width = dataSet.features.length;
  const classCount = dataSet.label.classes.length;

  const encode = (rows: Float64Array): Float64Array => {
    const encoded = new Float64Array((rows.length / width) * columns.length);
    for (let row = 0, at = 0; row < rows.length; row += width) {
      for (const { place, codes } of columns) {
        const value = rows[row + place] ?? Number.NaN;
        // A missing value is missing to both.
        encoded[at] = codes ? (codes.before[value] ?? Number.NaN) : value;
        at += 1;
      }
    }
    return encoded;
  };
  const widen = (given: Float64Array): Float64Array => {
    const rows = given.length / places.length;
    const probabilities = new Float64Array(rows * classCount);
    for (let row = 0; row < rows; row += 1) {
      for (const [i, place] of places.entries())
        probabilities[row * classCount + place] = given[row * places.length + i] ?? 0;
    }
    return probabilities;
  };
  const answerNow = (rows: Float64Array) => {
    const { probabilities, ...more } = answer(encode(rows));
    return { ...more, probabilities: widen(probabilities) };
  };
  return {
    answer: answerNow,
    probabilities: rows => answerNow(rows).probabilities,
    renew: row => {
      const renewed = new Array<number | null>(width).fill(null);
      for (const [i, { place, codes }] of columns.entries()) {
        const value = row[i] ?? null;
        renewed[place] = codes && value !== null ? (codes.after[value] ?? null) : value;
      }
      return renewed;
    },
  };
}

function columnsOf(dataSet: DataSet, { features }: Shape): Column[] {
  const places = placesOfFeatures(dataSet, features);
  return features.map(({ name, kind, categories = [] }, i) => {
    const place = places[i] ?? -1;
    const now = dataSet.features[place];
    if (!now)
      throw unfit(`It needs the feature ${name}, which the declaration of ${dataSet.name} has no more`);
    if (now.kind !== kind)
      throw unfit(
        `${name} was of kind ${kind}, and is of kind ${now.kind} in the declaration of ${dataSet.name}`,
      );
    if (now.kind !== 'category') return { place };
    return {
      place,
      codes: { before: translate(now.categories, categories), after: translate(categories, now.categories) },
    };
  });
}

/** For each code of `from`, that for what was never seen after the last, the one that `to` has for it. */
function translate(from: readonly string[], to: readonly string[]): number[] {
  const codes = new Map(to.map((category, code) => [category, code]));
  return [...from.map(category => codes.get(category) ?? to.length), to.length];
}

function classesOf(dataSet: DataSet, { classes }: Shape): number[] {
  const places = placesOfClasses(dataSet, classes);
  const gone = classes.find((_, i) => places[i] === -1);
  if (gone === undefined) return places;
  throw unfit(`It may say ${gone}, which is no class of ${dataSet.name} any more`);
}

function unfit(why: string): InvalidModelError {
  return new InvalidModelError(
    'shape',
    `The model was made for an earlier declaration. ${why}: train a new one.`,
  );
}
