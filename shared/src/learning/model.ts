import { type Blend, blendProbabilities } from './blend.ts';
import type { Member } from './catalog.ts';
import { compileNetworks } from './network.ts';
import type { Column } from './table.ts';
import { scoreByTrees } from './trees/trees.ts';

/** All that an answer depends on. */
export interface Model {
  readonly columns: readonly Column[];
  readonly classCount: number;
  readonly members: readonly Member[];
  readonly blend: Blend;
}

/** A model that is ready to answer. */
export interface Classifier {
  /** The probability of each class for every row, row after row; the rows come in one flat array. */
  probabilities(rows: Float64Array): Float64Array;
}

/** Makes a model ready to answer: plain arithmetic, with no TensorFlow involved. */
export function compileModel({ columns, members, blend }: Model): Classifier {
  const width = columns.length;
  const answers = members.map(member =>
    member.kind === 'trees'
      ? (rows: Float64Array) => scoreByTrees(member.forest, rows, width)
      : compileNetworks(member.networks),
  );
  return {
    probabilities(rows) {
      if (rows.length % width === 0) {
        return blendProbabilities(
          blend,
          answers.map(answer => answer(rows)),
        );
      }
      throw new RangeError(`${rows.length} values do not make whole rows: pass ${width} for every row.`);
    },
  };
}

/** The probability of each class for every row, row after row. */
export function scoreRows(model: Model, values: Float64Array): Float64Array {
  return compileModel(model).probabilities(values);
}
