import type { TensorFlow } from './backend.ts';
import type { Fitted, Task } from './candidate.ts';
import { fitKernel, type KernelSettings, triedKernel } from './kernel.ts';
import { fitLinear, type LinearSettings } from './linear.ts';
import type { Networks } from './network.ts';
import type { OnnxMember } from './onnx/member.ts';
import { fitPerceptrons, type PerceptronSettings } from './perceptrons.ts';
import type { Forest } from './trees/forest.ts';
import type { TreeSettings } from './trees/trees.ts';
import { fitTrees, mostCheckedRows } from './trees/trees.ts';

/** What a member of a model is, as data. */
export type Member =
  | { readonly kind: 'networks'; readonly networks: Networks }
  | { readonly kind: 'trees'; readonly forest: Forest }
  | { readonly kind: 'onnx'; readonly onnx: OnnxMember };

export type Family = 'linear' | 'perceptron' | 'trees' | 'kernel';

/** How large a table is, as far as the time to learn from it depends on that. */
export interface Size {
  /** All rows, each of which is scored, and those that a fit learns from. */
  readonly rows: number;
  readonly seen: number;
  readonly columns: number;
  /** Bins of all columns together, about. */
  readonly bins: number;
  /** Numbers that the columns become for a linear model or a network, about. */
  readonly inputs: number;
  /** The same where each kind of a category has a number of its own. */
  readonly kinds: number;
  readonly outputs: number;
  readonly folds: number;
}

/** A way to learn that takes part in the choice. */
export interface Candidate {
  readonly name: string;
  readonly family: Family;
  /** About how many seconds it takes: counted, not measured, so that the same rows always lead to the same choice. */
  readonly seconds: (size: Size) => number;
  /** Whether it may be of use at all. */
  readonly suits: (size: Size) => boolean;
  readonly fit: (tf: TensorFlow, task: Task) => Fitted<Member>;
}

function linear(name: string, settings: LinearSettings): Candidate {
  return {
    name,
    family: 'linear',
    // Some six penalties, twenty-five looks at all rows for each.
    seconds: ({ seen, inputs, kinds, outputs, folds }) => {
      const width = settings.mostKinds ? kinds : inputs;
      return 150 * (folds + 1) * (seen * outputs * (width * 1e-9 + 3e-8) + 1.5e-4);
    },
    suits: ({ inputs, kinds }) => !settings.mostKinds || kinds > inputs,
    fit: (tf, task) => asNetworks(fitLinear(tf, task, settings)),
  };
}

/** Of more rows too few can lend their places to say much that trees and networks do not. */
const mostForKernel = 30_000;

function kernel(name: string, settings: KernelSettings): Candidate {
  return {
    name,
    family: 'kernel',
    seconds: ({ rows, seen, inputs, outputs, folds }) => {
      const timeOf = (most: Pick<KernelSettings, 'mostRows' | 'mostPlaces'>, looks: number): number => {
        const learned = Math.min(seen, most.mostRows);
        const places = Math.min(learned, most.mostPlaces);
        const projecting = learned * places * (inputs + 8 + places / 2) * 1.5e-9;
        const looking = learned * outputs * (places * 1e-9 + 3e-8) + 1.5e-4;
        return folds * (projecting + looks * looking);
      };
      const choosing = settings.steepnesses.length * timeOf(triedKernel, 60);
      return choosing + timeOf(settings, 120) + rows * settings.mostPlaces * (inputs + 8) * 1e-9;
    },
    suits: ({ rows }) => rows <= mostForKernel,
    fit: (tf, task) => asNetworks(fitKernel(tf, task, settings)),
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
    suits: () => true,
    fit: (tf, task) => asNetworks(fitPerceptrons(tf, task, settings)),
  };
}

function trees(name: string, settings: TreeSettings): Candidate {
  return {
    name,
    family: 'trees',
    seconds: ({ rows, seen, columns, bins, outputs, folds }) => {
      const { mostLeaves, mostRounds, rowShare, columnShare } = settings;
      const counting = seen * rowShare * columns * columnShare * Math.log2(mostLeaves) * 2e-9;
      const splitting = bins * columnShare * Math.min(mostLeaves, seen / settings.leastRows) * 1.2e-8;
      const checking = Math.min(rows, folds * mostCheckedRows) * 6e-8;
      const growing = (folds + 1) * (counting + splitting + seen * 1e-7);
      const trees = (mostRounds / (outputs > 1 ? 4 : 2)) * outputs;
      return trees * (growing + checking + rows * 3e-8) + seen * columns * 6e-8 + rows * columns * 1e-9;
    },
    suits: () => true,
    fit: (_, task) => {
      const { logScores, model } = fitTrees(
        task,
        task.table.classCount > 2 ? inLongSteps(settings) : settings,
      );
      return { logScores, model: { kind: 'trees', forest: model } };
    },
  };
}

/** With a tree for each class in every round, rounds are dear: half as many must do, each of which goes further. */
function inLongSteps(settings: TreeSettings): TreeSettings {
  return {
    ...settings,
    shrinkage: settings.shrinkage * 1.8,
    mostRounds: settings.mostRounds / 2,
    patience: Math.ceil(settings.patience / 2),
  };
}

function asNetworks({ logScores, model }: Fitted<Networks>): Fitted<Member> {
  return { logScores, model: { kind: 'networks', networks: model } };
}

/** A category of more kinds has its odds in place of an input for each. */
export const mostKinds = 1_000;

const penalties = [30, 10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003];
const quick: PerceptronSettings = {
  scale: 'number',
  hiddenUnits: [32, 32],
  steps: 240,
  batchRows: 256,
  learningRate: 0.03,
  weightDecay: 0.0004,
};
/** Enough for an easy table, and quick to answer. */
const smallPerceptron: PerceptronSettings = {
  ...quick,
  hiddenUnits: [8, 8],
  learningRate: 0.05,
};
const patientPerceptron: PerceptronSettings = {
  ...quick,
  steps: 600,
  learningRate: 0.015,
  weightDecay: 0.005,
};
const smallTrees: TreeSettings = {
  leastHessian: 1e-3,
  leastRows: 10,
  penalty: 1,
  mostLeaves: 10,
  shrinkage: 0.1,
  rowShare: 0.8,
  columnShare: 0.6,
  mostRounds: 300,
  patience: 15,
};

/**
 * In the order in which they take their turn: first one of each family, then others of each, as long as there is time.
 * A name stands for its settings in choices that are kept, so changed settings take a new name.
 */
export const catalog: readonly Candidate[] = [
  linear('linear', { scale: 'number', penalties }),
  perceptron('small perceptron', smallPerceptron),
  trees('small trees', smallTrees),
  kernel('kernel', {
    scale: 'number',
    mostPlaces: 256,
    mostRows: 6_000,
    steepnesses: [0.5, 2, 8],
    penalties: [3, 1, 0.3, 0.1, 0.03, 0.01, 0.003],
  }),
  perceptron('perceptron', quick),
  linear('linear, every kind', { scale: 'number', mostKinds, penalties }),
  perceptron('patient perceptron', patientPerceptron),
  trees('large trees', {
    ...smallTrees,
    mostLeaves: 31,
    leastRows: 20,
    rowShare: 1,
    columnShare: 1,
    mostRounds: 200,
  }),
  linear('linear, by rank', { scale: 'rank', penalties }),
  perceptron('patient perceptron, by rank', { ...patientPerceptron, scale: 'rank', weightDecay: 0.002 }),
];
