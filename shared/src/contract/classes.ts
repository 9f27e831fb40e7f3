/** The two answers, placed so that a label's index is its class: 0 is `fake`, 1 is `real`. */
export const labels = ['fake', 'real'] as const;

export type Label = (typeof labels)[number];
export type ClassNumber = 0 | 1;

const realThreshold = 0.5;

export function classOf(label: Label): ClassNumber {
  return label === 'real' ? 1 : 0;
}

export function labelOf(classNumber: ClassNumber): Label {
  return labels[classNumber];
}

/** The answer for a score, which is the probability of class 1; anything that is no number is called fake. */
export function classOfScore(score: number): ClassNumber {
  return score >= realThreshold ? 1 : 0;
}

/** The answer in words for a score. */
export function labelOfScore(score: number): Label {
  return labelOf(classOfScore(score));
}
