import type { TensorFlow } from '../classifier/backend.ts';
import type { Fitted, Task } from './candidate.ts';
import { fitLinear, type LinearSettings } from './linear.ts';
import type { Networks } from './network.ts';
import { fitPerceptrons, type PerceptronSettings } from './perceptrons.ts';
import type { TreeSettings } from './trees/trees.ts';
import { fitTrees } from './trees/trees.ts';
import type { Forest } from './trees/forest.ts';

/** What a member of a model is, as data. */
export type Member =
  | { readonly kind: 'networks'; readonly networks: Networks }
  | { readonly kind: 'trees'; readonly forest: Forest };

export type Family = 'linear' | 'perceptron' | 'trees';

/** How large a table is, as far as the time to learn from it depends on that. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
  /** Numbers that the columns become for a linear model or a network, about. */
  readonly inputs: number;
  readonly outputs: number;
  readonly folds: number;
}

/** A way to learn that takes part in the choice. */
export interface Candidate {
  readonly name: string;
  readonly family: Family;
  /** About how many seconds it takes: counted, not measured, so that the same rows always lead to the same choice. */
  readonly seconds: (size: Size) => number;
  readonly fit: (tf: TensorFlow, task: Task) => Fitted<Member>;
}

function linear(name: string, settings: LinearSettings): Candidate {
  return {
    name,
    family: 'linear',
    // Some six penalties, twenty looks at all rows for each.
    seconds: ({ rows, inputs, outputs, folds }) => 120 * (folds + 1) * rows * (inputs + 2) * outputs * 2.5e-9,
    fit: (_, task) => asNetworks(fitLinear(task, settings)),
  };
}

function perceptron(name: string, settings: PerceptronSettings): Candidate {
  return {
    name,
    family: 'perceptron',
    seconds: ({ rows, inputs, outputs, folds }) => {
      const weights = [inputs, ...settings.hiddenUnits].reduce(
        (sum, units, i) => sum + units * (settings.hiddenUnits[i] ?? outputs),
        0,
      );
      const steps = settings.steps * (3e-4 + settings.batchRows * (weights * 6e-10 + inputs * 2e-9));
      return folds * (steps + rows * inputs * 1e-8) + rows * weights * 5e-9;
    },
    fit: (tf, task) => asNetworks(fitPerceptrons(tf, task, settings)),
  };
}

function trees(name: string, settings: TreeSettings): Candidate {
  return {
    name,
    family: 'trees',
    seconds: ({ rows, columns, outputs, folds }) => {
      const seen = rows * settings.rowShare * columns * settings.columnShare;
      const split = columns * settings.columnShare * settings.mostLeaves * Math.min(255, rows);
      const tree = seen * Math.log2(settings.mostLeaves) * 1e-9 + split * 3e-9 + rows * 2e-8;
      return (folds + 1) * outputs * (settings.mostRounds / 2) * tree + rows * columns * 5e-8;
    },
    fit: (_, task) => {
      const { logScores, model } = fitTrees(task, settings);
      return { logScores, model: { kind: 'trees', forest: model } };
    },
  };
}

function asNetworks({ logScores, model }: Fitted<Networks>): Fitted<Member> {
  return { logScores, model: { kind: 'networks', networks: model } };
}

const penalties = [30, 10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003];
const perceptronSettings: PerceptronSettings = {
  scale: 'number',
  hiddenUnits: [32, 32],
  steps: 400,
  batchRows: 256,
  learningRate: 0.015,
  weightDecay: 0.0004,
};
const treeSettings: TreeSettings = {
  leastHessian: 1e-3,
  leastRows: 20,
  penalty: 1,
  mostLeaves: 31,
  shrinkage: 0.1,
  rowShare: 1,
  columnShare: 1,
  mostRounds: 200,
  patience: 12,
};

/**
 * In the order in which they take their turn: first one of each family, then others of each, as long as there is time.
 * A name stands for its settings in choices that are kept, so changed settings take a new name.
 */
export const catalog: readonly Candidate[] = [
  linear('linear', { scale: 'number', penalties }),
  perceptron('perceptron', perceptronSettings),
  trees('trees', treeSettings),
  trees('small trees', {
    ...treeSettings,
    mostLeaves: 10,
    leastRows: 10,
    rowShare: 0.8,
    columnShare: 0.6,
    mostRounds: 300,
  }),
  perceptron('perceptron, held back', { ...perceptronSettings, weightDecay: 0.005 }),
  linear('linear, by rank', { scale: 'rank', penalties }),
  perceptron('perceptron, by rank', { ...perceptronSettings, scale: 'rank', weightDecay: 0.002 }),
];
