import { type Random, seededRandom, shuffle } from '../random.ts';
import { softmaxRow } from '../softmax.ts';
import { classShares, type LabelledTable, pickRows, weightOf } from '../table.ts';
import type { Binned } from './binning.ts';
import { Grower, numberSet, type Tree, type TreeRules } from './grow.ts';

export interface BoostSettings extends TreeRules {
  /** The shares of rows and columns that a tree sees. */
  readonly rowShare: number;
  readonly columnShare: number;
}

/** Boosts trees on some rows of a binned table, one round after another, and scores all of its rows as it goes. */
export class Booster {
  readonly trees: Tree[] = [];
  readonly base: Float64Array;
  /** Raw scores of every row of the table, `base.length` for each. */
  readonly scores: Float64Array;
  readonly #table: LabelledTable;
  readonly #binned: Binned;
  readonly #rows: Uint32Array;
  readonly #settings: BoostSettings;
  readonly #random: Random;
  readonly #grower: Grower;
  readonly #gradients: Float64Array;
  readonly #probabilities: Float64Array;
  /** Which rows the tree under way has scored while it grew. */
  readonly #scored: Uint8Array;
  readonly #columns: Uint32Array;
  /** The other rows whose scores are asked for. */
  readonly #others: Uint32Array;

  constructor(
    table: LabelledTable,
    binned: Binned,
    rows: Uint32Array,
    others: Uint32Array,
    settings: BoostSettings,
    seed: number,
  ) {
    this.#table = table;
    this.#binned = binned;
    this.#rows = rows;
    this.#others = others;
    this.#settings = settings;
    this.#random = seededRandom(seed);
    this.#grower = new Grower(binned, rows.length, settings);
    this.base = baseScores(pickRows({ ...table, columns: [], values: new Float64Array(0) }, rows));
    const outputs = this.base.length;
    this.scores = new Float64Array(table.count * outputs).map((_, index) => this.base[index % outputs] ?? 0);
    this.#gradients = new Float64Array(table.count * 2);
    this.#probabilities = new Float64Array(outputs > 1 ? table.count * outputs : 0);
    this.#scored = new Uint8Array(table.count);
    this.#columns = Uint32Array.from(
      binned.binners.flatMap(({ bins }, column) => (bins > 2 ? [column] : [])),
    );
  }

  round(): void {
    const outputs = this.base.length;
    if (outputs > 1) this.#computeProbabilities(outputs);
    const rows = this.#sample(this.#rows, this.#settings.rowShare);
    for (let output = 0; output < outputs; output += 1) {
      if (outputs > 1) this.#differentiate(rows, output, outputs);
      else this.#differentiateTwoClasses(rows);
      const columns = this.#sample(this.#columns, this.#settings.columnShare);
      this.#scored.fill(0);
      const tree = this.#grower.grow(rows, columns, this.#gradients, (row, value) => {
        this.#scored[row] = 1;
        const place = row * outputs + output;
        this.scores[place] = (this.scores[place] ?? 0) + value;
      });
      this.#scoreOthers(tree, output, outputs);
      this.trees.push(tree);
    }
  }

  #sample(list: Uint32Array, share: number): Uint32Array {
    if (share >= 1) return list;
    const most = Math.max(1, Math.ceil(list.length * share));
    return shuffle(list.slice(), this.#random, most).subarray(0, most).sort();
  }

  #computeProbabilities(outputs: number): void {
    this.#probabilities.set(this.scores);
    for (const row of this.#rows) softmaxRow(this.#probabilities, row * outputs, outputs);
  }

  #differentiate(rows: Uint32Array, output: number, outputs: number): void {
    const factor = outputs / (outputs - 1);
    for (const row of rows) {
      const probability = this.#probabilities[row * outputs + output] ?? 0;
      const target = this.#table.classes[row] === output ? 1 : 0;
      this.#set(row, probability - target, factor * probability * (1 - probability));
    }
  }

  #differentiateTwoClasses(rows: Uint32Array): void {
    for (const row of rows) {
      const probability = 1 / (1 + Math.exp(-(this.scores[row] ?? 0)));
      this.#set(row, probability - (this.#table.classes[row] ?? 0), probability * (1 - probability));
    }
  }

  #set(row: number, gradient: number, hessian: number): void {
    const weight = weightOf(this.#table, row);
    this.#gradients[row * 2] = gradient * weight;
    this.#gradients[row * 2 + 1] = Math.max(hessian, 1e-7) * weight;
  }

  /** Rows that the tree was not grown on walk down to their leaf. */
  #scoreOthers(tree: Tree, output: number, outputs: number): void {
    const { bins, count, binners } = this.#binned;
    const goesLeft = new Uint8Array(tree.splits.length * 256);
    tree.splits.forEach(({ column, bin, missingLeft, set }, node) => {
      goesLeft.set(set ?? numberSet(bin, missingLeft, binners[column]?.bins ?? 0), node * 256);
    });
    const starts = Uint32Array.from(tree.splits, ({ column }) => column * count);
    const score = (row: number): void => {
      let node = tree.splits.length > 0 ? 0 : -1;
      while (node >= 0) {
        const bin = bins[(starts[node] ?? 0) + row] ?? 0;
        node = tree.children[node * 2 + 1 - (goesLeft[node * 256 + bin] ?? 0)] ?? -1;
      }
      const place = row * outputs + output;
      this.scores[place] = (this.scores[place] ?? 0) + (tree.leaves[~node] ?? 0);
    };
    for (const row of this.#others) score(row);
    if (this.#settings.rowShare < 1) for (const row of this.#rows) if (this.#scored[row] === 0) score(row);
  }
}

/** The scores with which every row begins: as likely as its class is frequent. */
function baseScores(table: LabelledTable): Float64Array {
  const logs = classShares(table).map(Math.log);
  return table.classCount === 2 ? Float64Array.of((logs[1] ?? 0) - (logs[0] ?? 0)) : logs;
}
