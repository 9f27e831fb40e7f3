import type { ModelAnswer } from '@banknote-loop/shared/contract';
import { percent } from '../format.ts';

/** What one model reaches on an axis, and between which values that lies with 95 % certainty. */
export interface Reached {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** Something to hold models against each other by. */
export interface Axis {
  readonly name: string;
  /** What it is, for those who do not know the word. */
  readonly meaning: string;
  readonly better: 'higher' | 'lower';
  readonly format: (value: number) => string;
  /** Where a line is drawn: at which value nothing has been gained or lost. */
  readonly line?: number;
  /** The end of the axis that no value goes beyond. */
  readonly best?: number;
  readonly of: (model: ModelAnswer) => Reached | undefined;
}

const accuracy: Axis = {
  name: 'accuracy',
  meaning: 'the share that a model gets right',
  better: 'higher',
  format: percent,
  best: 1,
  of: ({ accuracy, report: { challenger } }) =>
    accuracy > 0 ? { value: accuracy, ...challenger?.interval } : undefined,
};

const logLoss: Axis = {
  name: 'log loss',
  meaning: 'how much a model is surprised by what things are: 0 where it is always right and sure of it',
  better: 'lower',
  format: fewDigits,
  best: 0,
  of: ({ report: { challenger } }) =>
    challenger?.logLoss === undefined ? undefined : { value: challenger.logLoss },
};

/** The 97.5 % point of the normal distribution. */
const certain = 1.96;

const margin: Axis = {
  name: 'gain over the champion',
  meaning: 'how much less log loss a model has than the one that answered before it, on the same rows',
  better: 'higher',
  format: fewDigits,
  line: 0,
  of: ({ report: { loss } }) =>
    loss
      ? {
          value: -loss.difference,
          low: -loss.difference - certain * loss.error,
          high: -loss.difference + certain * loss.error,
        }
      : undefined,
};

function segmentAxis(name: string): Axis {
  return {
    name,
    meaning: 'the share that a model gets right among these',
    better: 'higher',
    format: percent,
    best: 1,
    of({ report: { segments } }) {
      const segment = segments?.find(one => one.name === name);
      return segment && { value: segment.challenger / segment.rows };
    },
  };
}

const mostSegments = 24;

/** The axes on which at least one of these models has a value, and how many of each do. */
export function axesOf(models: readonly ModelAnswer[]): readonly Axis[] {
  const segments = new Set(models.flatMap(({ report }) => (report.segments ?? []).map(({ name }) => name)));
  return [accuracy, logLoss, margin, ...[...segments].slice(0, mostSegments).map(segmentAxis)].filter(axis =>
    models.some(model => axis.of(model)),
  );
}

/** Accuracies that lie within half a point of each other make a line that tells nothing. */
const tellingSpread = 0.005;

/** Accuracy, as everybody knows what that is; where all have about the same, log loss. */
export function axisThatTells(axes: readonly Axis[], models: readonly ModelAnswer[]): Axis | undefined {
  const accuracies = models.flatMap(model => accuracy.of(model)?.value ?? []);
  const spread = Math.max(...accuracies) - Math.min(...accuracies);
  const tells = spread >= tellingSpread ? accuracy : logLoss;
  return axes.find(axis => axis === tells) ?? axes[0];
}

/** Three digits that count, however small. */
function fewDigits(value: number): string {
  if (value === 0) return '0';
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 }).replace('-', '−');
}
