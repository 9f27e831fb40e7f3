import type { Network } from './network.ts';
import type { Scaling } from './scaling.ts';
import type { TrainingSet } from './training-set.ts';

export type TrainingRefusalCode = 'too-few-rows' | 'one-class-only' | 'features-out-of-range' | 'diverged';

export interface TrainingRefusal {
  readonly trained: false;
  readonly code: TrainingRefusalCode;
  readonly reason: string;
}

export type TrainingOutcome =
  | { readonly trained: true; readonly network: Network; readonly loss: number; readonly steps: number }
  | TrainingRefusal;

export function refuse(code: TrainingRefusalCode, reason: string): TrainingRefusal {
  return { trained: false, code, reason };
}

/** Says why nothing can be learned from these rows, or nothing where they will do. */
export function refuseRows(
  set: TrainingSet,
  scaling: Scaling,
  minimumRows: number,
): TrainingRefusal | undefined {
  if (set.count < minimumRows) {
    return refuse(
      'too-few-rows',
      `There are ${set.count} training rows: at least ${minimumRows} are needed.`,
    );
  }
  const real = set.classes.subarray(0, set.count).reduce((sum, classNumber) => sum + classNumber, 0);
  if (real === 0 || real === set.count) {
    const only = real === 0 ? 'fake' : 'real';
    return refuse(
      'one-class-only',
      `All ${set.count} training rows are ${only}: add rows of the other class.`,
    );
  }
  if (![...scaling.mean, ...scaling.deviation].every(Number.isFinite)) {
    return refuse(
      'features-out-of-range',
      'Some training features are not finite, or so large that their mean and deviation are not: remove those rows.',
    );
  }
  return undefined;
}
