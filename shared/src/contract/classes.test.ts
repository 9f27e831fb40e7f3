import { classOf, classOfScore, labelOf, labels } from './classes.ts';

describe('classes', () => {
  it('calls class 0 fake and class 1 real', () => {
    expect(labels).toEqual(['fake', 'real']);
    expect([labelOf(0), labelOf(1)]).toEqual(['fake', 'real']);
  });

  it('turns every label into its class and back', () => {
    for (const label of labels) expect(labelOf(classOf(label))).toBe(label);
  });

  it('calls a score real from one half upwards', () => {
    expect([0, 0.49999, 0.5, 1].map(classOfScore)).toEqual([0, 0, 1, 1]);
  });

  it('calls a score that is no number fake', () => {
    expect(classOfScore(Number.NaN)).toBe(0);
  });
});
