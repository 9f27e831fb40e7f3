import { type GivenAnswer, reportFlips } from './flip-report.ts';
import { probabilitiesOf } from './metrics.testing.ts';

const twoClasses = ['fake', 'real'];

describe('reportFlips', () => {
  const given: readonly GivenAnswer[] = [
    { label: 'real', isCorrect: null },
    { label: 'real', isCorrect: false },
    { label: 'fake', isCorrect: true },
    { label: 'fake', isCorrect: null },
    { label: 'real', isCorrect: true },
  ];

  it('counts the changes, and those that a person agrees with or contradicts', () => {
    const { examples, ...counts } = reportFlips(
      given,
      probabilitiesOf([0.9, 0.2, 0.8, 0.7, 0.6]),
      twoClasses,
    );
    expect(counts).toEqual({ rows: 5, rated: 3, changed: 3, agreeing: 1, contradicting: 1 });
    expect(examples).toEqual([
      { position: 2, from: 'fake', to: 'real', score: 0.8, truth: 'fake' },
      { position: 1, from: 'real', to: 'fake', score: 0.2, truth: 'fake' },
      { position: 3, from: 'fake', to: 'real', score: 0.7 },
    ]);
  });

  it('shows no more examples than asked for, contradictions first', () => {
    const probabilities = probabilitiesOf([0.1, 0.2, 0.8, 0.7, 0.6]);
    expect(reportFlips(given, probabilities, twoClasses, 1).examples).toMatchObject([{ position: 2 }]);
  });

  it('takes of many classes no wrong answer for a hint at the right one, unless a person gave it', () => {
    const answers: readonly GivenAnswer[] = [
      { label: 'a', isCorrect: false },
      { label: 'a', isCorrect: false, truth: 'b' },
      { label: 'a', isCorrect: false, truth: 'c' },
      { label: 'a', isCorrect: true },
    ];
    const b = [0.1, 0.7, 0.2];
    const { examples, ...counts } = reportFlips(answers, [b, b, b, b].flat(), ['a', 'b', 'c']);
    expect(counts).toEqual({ rows: 4, rated: 4, changed: 4, agreeing: 1, contradicting: 2 });
    expect(examples[0]).toEqual({ position: 2, from: 'a', to: 'b', probability: 0.7, truth: 'c' });
  });

  it('is empty without answers', () => {
    expect(reportFlips([], [], twoClasses)).toMatchObject({ rows: 0, changed: 0, examples: [] });
  });

  it('refuses scores that do not belong to the answers', () => {
    expect(() => reportFlips(given, [0, 1], twoClasses)).toThrow('1 scores for 5 answers');
  });
});
