import { randomBytes } from 'node:crypto';
import type { TrainingSet } from '@banknote-loop/shared/classifier';
import type { Features } from '@banknote-loop/shared/contract';

/** The same rows are trained on with the same seed, so that a training can be repeated to the bit. */
export function seedOf(fingerprint: string): number {
  return Number.parseInt(fingerprint.slice(0, 8), 16);
}

/** Tells a person when it was made, and no two apart: however many are made in one millisecond, on any machine. */
export function fileNameOf(created: Date): string {
  const time = created.toISOString().replaceAll(/[-:.]/g, '');
  return `model-${time}-${randomBytes(6).toString('hex')}.json`;
}

const probeCount = 8;

/** A few notes to test the model with wherever it is loaded. */
export function probeRows({ features, count }: TrainingSet): Features[] {
  const step = Math.max(1, Math.floor(count / probeCount));
  return Array.from({ length: Math.min(probeCount, count) }, (_, i) => {
    const [variance = 0, skewness = 0, curtosis = 0, entropy = 0] = features.subarray(
      i * step * 4,
      i * step * 4 + 4,
    );
    return [variance, skewness, curtosis, entropy];
  });
}
