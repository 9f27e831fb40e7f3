import { type GivenAnswer, reportFlips } from './flip-report.ts';

describe('reportFlips', () => {
  const given: readonly GivenAnswer[] = [
    { answer: 'real' },
    { answer: 'real', truth: 'fake' },
    { answer: 'fake', truth: 'fake' },
    { answer: 'fake' },
    { answer: 'real', truth: 'real' },
  ];

  it('counts the changes, and those that a person agrees with or contradicts', () => {
    const { examples, ...counts } = reportFlips(given, [0.9, 0.2, 0.8, 0.7, 0.6]);
    expect(counts).toEqual({ rows: 5, rated: 3, changed: 3, agreeing: 1, contradicting: 1 });
    expect(examples).toEqual([
      { position: 2, from: 'fake', to: 'real', score: 0.8, truth: 'fake' },
      { position: 1, from: 'real', to: 'fake', score: 0.2, truth: 'fake' },
      { position: 3, from: 'fake', to: 'real', score: 0.7 },
    ]);
  });

  it('shows no more examples than asked for, contradictions first', () => {
    expect(reportFlips(given, [0.1, 0.2, 0.8, 0.7, 0.6], 1).examples).toMatchObject([{ position: 2 }]);
  });

  it('is empty without answers', () => {
    expect(reportFlips([], [])).toMatchObject({ rows: 0, changed: 0, examples: [] });
  });

  it('refuses scores that do not belong to the answers', () => {
    expect(() => reportFlips(given, [1])).toThrow('1 scores for 5 answers');
  });
});
