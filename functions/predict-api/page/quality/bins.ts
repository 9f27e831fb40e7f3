import type { QualityAnswer } from '@banknote-loop/shared/contract';

export type Bin = QualityAnswer['drift'][number]['bins'][number];

/** Which values a bin holds; of the two classes, which one. */
export function rangeOf(name: string, { lower, upper }: Bin): string {
  if (name === 'real') return lower !== null && lower >= 1 ? 'real' : 'fake';
  if (lower !== null && upper !== null) return `${rounded(lower)} to ${rounded(upper)}`;
  if (lower !== null) return `${rounded(lower)} or more`;
  return upper === null ? 'all' : `below ${rounded(upper)}`;
}

export function rounded(value: number): string {
  return value.toFixed(2).replace('-', '−');
}
