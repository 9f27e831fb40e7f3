import { type Blend, blendProbabilities } from './blend.ts';
import type { Member } from './catalog.ts';
import { compileNetworks } from './network.ts';
import { compileNovelty, type Novelty } from './novelty/novelty.ts';
import { compileOnnx } from './onnx/member.ts';
import type { Column } from './table.ts';
import { compileTrees } from './trees/trees.ts';

/** All that an answer depends on. */
export interface Model {
  readonly columns: readonly Column[];
  readonly classCount: number;
  readonly members: readonly Member[];
  readonly blend: Blend;
  /** What the model knows of the rows that it has learned from. Earlier models know nothing of them. */
  readonly novelty?: Novelty;
}

export interface Answers {
  /** The probability of each class for every row, row after row. */
  readonly probabilities: Float64Array;
  /** How unlike the rows that the model has learned from each row is: see `Unlikeness`. */
  readonly unlike?: Float64Array;
}

/** A model that is ready to answer. The rows come in one flat array. */
export interface Classifier {
  answer(rows: Float64Array): Answers;
  /** Of an answer the probabilities alone. */
  probabilities(rows: Float64Array): Float64Array;
}

/** Makes a model ready to answer: plain arithmetic, with no TensorFlow involved. Only models from elsewhere need a thread of their own. */
export function compileModel({ columns, classCount, members, blend, novelty }: Model): Classifier {
  const width = columns.length;
  const answers = members.map(member => {
    if (member.kind === 'onnx') return compileOnnx(member.onnx, classCount);
    if (member.kind === 'networks') return compileNetworks(member.networks);
    return compileTrees(member.forest, columns);
  });
  const score = novelty && compileNovelty(novelty);
  const answer = (rows: Float64Array): Answers => {
    if (rows.length % width !== 0) {
      throw new RangeError(`${rows.length} values do not make whole rows: pass ${width} for every row.`);
    }
    const probabilities = blendProbabilities(
      blend,
      answers.map(one => one(rows)),
    );
    if (!novelty || !score) return { probabilities };
    const { unlike, trust } = score(rows);
    drawTowards(novelty.shares, trust, probabilities);
    return { probabilities, unlike };
  };
  return { answer, probabilities: rows => answer(rows).probabilities };
}

/** Far away from every known row the shares of the classes are all that is known. */
function drawTowards(shares: readonly number[], trust: Float64Array, probabilities: Float64Array): void {
  trust.forEach((worth, row) => {
    if (worth === 1) return;
    shares.forEach((share, label) => {
      const place = row * shares.length + label;
      probabilities[place] = worth * (probabilities[place] ?? 0) + (1 - worth) * share;
    });
  });
}

/** The probability of each class for every row, row after row. */
export function scoreRows(model: Model, values: Float64Array): Float64Array {
  return compileModel(model).probabilities(values);
}
