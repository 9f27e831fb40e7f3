import type { Classifier } from './model.ts';
import { seededRandom, shuffle } from './random.ts';

// What each column contributes to one answer: its Shapley value. A column that is "not known" takes its value from rows
// of a background, one after another, so that what the model says without any is its mean over the background.

/** With so many columns every coalition of them is asked about; with more, orders of them are drawn. */
const mostExact = 10;
/** About so many rows times classes may be asked about for one explanation: it is to take milliseconds. */
const mostWork = 8_192;
/** However many columns there are, a few rows of the background must be looked at. */
const leastBackground = 8;

export interface Contributions {
  /** What the model says on average of the background. */
  readonly base: number;
  /** What each column adds to that: together they are the answer. */
  readonly contributions: readonly number[];
}

export interface Question {
  /** Encoded, one row. */
  readonly row: Float64Array;
  /** Encoded rows that stand for all that the model has learned from. */
  readonly background: Float64Array;
  /** Whose probability is explained. */
  readonly label: number;
  readonly classCount: number;
}

/** The same question always has the same answer. */
export function explainAnswer(model: Pick<Classifier, 'probabilities'>, question: Question): Contributions {
  const { row, label, classCount } = question;
  const width = row.length;
  const probability = (rows: Float64Array): Float64Array => {
    const all = model.probabilities(rows);
    return Float64Array.from({ length: rows.length / width }, (_, i) => all[i * classCount + label] ?? 0);
  };
  const answer = probability(row)[0] ?? 0;
  const isExact = width <= mostExact;
  const rowsOfEach = isExact ? 2 ** width : 2 * width;
  const affordable = Math.floor(mostWork / classCount / rowsOfEach);
  const used = spread(question.background, width, Math.max(affordable, leastBackground));
  const explain = isExact ? overCoalitions : overOrders;
  const { base, contributions } = explain(probability, row, used);
  return { base, contributions: settle(base, contributions, answer) };
}

type Probability = (rows: Float64Array) => Float64Array;
interface Drawn {
  readonly base: number;
  readonly contributions: Float64Array;
}

/** Rows from all over, as many as asked for. */
export function spread(rows: Float64Array, width: number, wanted: number): Float64Array {
  const count = rows.length / width;
  const kept = Math.min(count, wanted);
  const picked = new Float64Array(kept * width);
  for (let i = 0; i < kept; i += 1) {
    const from = Math.floor((i * count) / kept) * width;
    picked.set(rows.subarray(from, from + width), i * width);
  }
  return picked;
}

/** Every coalition with every row of the background: bit `i` of its number says whether column `i` is known. */
function overCoalitions(probability: Probability, row: Float64Array, background: Float64Array): Drawn {
  const width = row.length;
  const count = background.length / width;
  const coalitions = 2 ** width;
  const rows = new Float64Array(coalitions * background.length);
  for (let coalition = 0, at = 0; coalition < coalitions; coalition += 1) {
    for (let i = 0; i < background.length; i += 1, at += 1) {
      const column = i % width;
      rows[at] = ((coalition >> column) & 1 ? row[column] : background[i]) ?? Number.NaN;
    }
  }
  const said = probability(rows);
  const worth = Float64Array.from(
    { length: coalitions },
    (_, coalition) => sum(said.subarray(coalition * count, (coalition + 1) * count)) / count,
  );
  const weights = weightsOf(width);
  const contributions = new Float64Array(width);
  for (let coalition = 0; coalition < coalitions; coalition += 1) {
    const weight = weights[bits(coalition)] ?? 0;
    for (let column = 0; column < width; column += 1) {
      if ((coalition >> column) & 1) continue;
      const added = (worth[coalition | (1 << column)] ?? 0) - (worth[coalition] ?? 0);
      contributions[column] = (contributions[column] ?? 0) + weight * added;
    }
  }
  return { base: worth[0] ?? 0, contributions };
}

/** In how many of all orders a coalition of each size comes first, and then the one column: s!(n-s-1)!/n!. */
function weightsOf(width: number): readonly number[] {
  const weights = [1 / width];
  for (let size = 1; size < width; size += 1) {
    weights.push(((weights[size - 1] ?? 0) * size) / (width - size));
  }
  return weights;
}

/** For each row of the background a random order of the columns and the same from its end, which even each other out. */
function overOrders(probability: Probability, row: Float64Array, background: Float64Array): Drawn {
  const width = row.length;
  const count = background.length / width;
  const random = seededRandom(width);
  const orders: Uint32Array[] = [];
  const rows = new Float64Array(2 * count * width * width);
  const known = new Float64Array(width);
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const order = shuffle(
      Uint32Array.from({ length: width }, (_, column) => column),
      random,
    );
    for (const one of [order, order.toReversed()]) {
      orders.push(one);
      known.set(background.subarray(i * width, (i + 1) * width));
      // Nothing is known at first; with the last column all would be, which is the answer itself.
      for (const column of one) {
        rows.set(known, at);
        at += width;
        known[column] = row[column] ?? Number.NaN;
      }
    }
  }
  const said = probability(rows);
  const answer = probability(row)[0] ?? 0;
  const contributions = new Float64Array(width);
  let base = 0;
  orders.forEach((order, i) => {
    base += (said[i * width] ?? 0) / orders.length;
    order.forEach((column, place) => {
      const after = place + 1 < width ? said[i * width + place + 1] : answer;
      const added = (after ?? 0) - (said[i * width + place] ?? 0);
      contributions[column] = (contributions[column] ?? 0) + added / orders.length;
    });
  });
  return { base, contributions };
}

/** What rounding leaves goes to the largest. A column that changes nothing keeps its 0. */
function settle(base: number, contributions: Float64Array, answer: number): readonly number[] {
  const settled = Array.from(contributions);
  let largest = 0;
  settled.forEach((one, i) => {
    if (Math.abs(one) > Math.abs(settled[largest] ?? 0)) largest = i;
  });
  for (let round = 0; round < 4; round += 1) {
    const rest = answer - settled.reduce((total, one) => total + one, base);
    if (rest === 0) break;
    settled[largest] = (settled[largest] ?? 0) + rest;
  }
  return settled;
}

function bits(number: number): number {
  let count = 0;
  for (let rest = number; rest > 0; rest &= rest - 1) count += 1;
  return count;
}

function sum(numbers: Float64Array): number {
  return numbers.reduce((total, one) => total + one, 0);
}
