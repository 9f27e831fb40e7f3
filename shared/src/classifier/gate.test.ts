import fc from 'fast-check';
import { decide as decideOf, type GateInput } from './gate.ts';
import { probabilitiesOf } from './metrics.testing.ts';

const decide = (input: Omit<GateInput, 'classes' | 'item'>) =>
  decideOf({
    classes: ['fake', 'real'],
    item: 'note',
    ...input,
    settings: { minimumAccuracy: 0.95, minimumRecall: 0.9, ...input.settings },
  });

const truth = Array.from({ length: 200 }, (_, row) => row % 2);

/** Probabilities that are right but for the rows with the given numbers. */
function wrongOn(...wrong: readonly number[]) {
  return probabilitiesOf(truth.map((one, row) => (wrong.includes(row) === (one === 1) ? 0.1 : 0.9)));
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('decide, on a first model', () => {
  it('promotes it above the floors', () => {
    expect(decide({ challenger: wrongOn(1), truth })).toMatchObject({
      promoted: true,
      rule: 'first-model',
      reason: 'The first model: it got 199 of 200 hold-out notes right.',
      challenger: { correct: 199 },
    });
  });

  it('refuses it below the floor of accuracy', () => {
    expect(decide({ challenger: wrongOn(...numbers(0, 11)), truth })).toMatchObject({
      promoted: false,
      rule: 'below-accuracy-floor',
      reason: 'It got 189 of 200 hold-out notes right (94.5 %), and the floor is 95 %.',
    });
  });

  it('refuses it where one class is recognised too seldom', () => {
    const challenger = wrongOn(...numbers(0, 10).map(i => 2 * i));
    const settings = { minimumRecall: 0.95 };
    expect(decide({ challenger, truth, settings })).toMatchObject({
      promoted: false,
      rule: 'below-recall-floor',
      reason: 'It recognised 90 % of the 100 fake notes in the hold-out, and the floor is 95 %.',
    });
  });
});

describe('decide, against a champion', () => {
  it.each([
    ['not-worse', true, numbers(0, 0), numbers(0, 0)],
    ['not-worse', true, [4, 5], [6, 7]],
    ['not-worse', true, [4, 5], [6]],
    ['better', true, numbers(0, 5), numbers(0, 0)],
    ['lower', false, [4], [5, 6]],
    ['lower', false, [], numbers(0, 4)],
    ['worse', false, [], numbers(0, 5)],
  ])('says %s (promoted: %s) for wrong rows %j and then %j', (rule, promoted, before, now) => {
    const decision = decide({
      champion: wrongOn(...before),
      challenger: wrongOn(...now),
      truth,
    });
    expect(decision).toMatchObject({ rule, promoted, champion: { correct: 200 - before.length } });
    expect(decision.reason).toMatch(/^[A-Z].*\.$/);
  });

  it('says the numbers in the reason', () => {
    const { reason } = decide({
      champion: wrongOn(),
      challenger: wrongOn(...numbers(0, 5)),
      truth,
    });
    expect(reason).toBe(
      'Worse than the champion: it is right on 0 of 200 hold-out notes where the champion is wrong, and wrong on 5 where the champion is right, which is not chance (p 0.031).',
    );
  });

  it.each([
    ['gain-too-small', 0.03, 5],
    ['gain-by-chance', 0.02, 4],
    ['better', 0.025, 5],
  ])('says %s when a gain of %d is asked for and %d more are right', (rule, minimumGain, more) => {
    const champion = wrongOn(...numbers(0, more));
    expect(decide({ champion, challenger: wrongOn(), truth, settings: { minimumGain } })).toMatchObject({
      rule,
    });
  });
});

describe('decide, with notes that people labelled', () => {
  const byPeople = truth.map((_, row) => (row >= 120 ? 1 : 0));
  const before = numbers(130, 150);

  it("does not take people's word for a gain against the bank's for a loss", () => {
    const decision = decide({
      champion: wrongOn(...before),
      challenger: wrongOn(4),
      truth,
      byPeople,
    });
    expect(decision).toMatchObject({
      promoted: false,
      rule: 'lower',
      people: { test: { gained: 20, lost: 0 } },
    });
  });

  it('lets people object to what is clearly worse for their notes, but not to what may be chance', () => {
    const challengers = [5, 4].map(worse => wrongOn(...numbers(130, 130 + worse)));
    const decisions = challengers.map(challenger =>
      decide({ champion: wrongOn(), challenger, truth, byPeople }),
    );
    expect(decisions).toMatchObject([
      { promoted: false, rule: 'worse-for-people', challenger: { rows: 120, correct: 120 } },
      { promoted: true, rule: 'not-worse', people: { challenger: { rows: 80, correct: 76 } } },
    ]);
  });

  it("judges on all notes while the bank's are too few", () => {
    const settings = { minimumRows: 121 };
    const input = { champion: wrongOn(...before), challenger: wrongOn(4), truth, byPeople };
    expect(decide({ ...input, settings })).toMatchObject({ rule: 'better', challenger: { rows: 200 } });
  });
});

describe('decide, with nothing to judge on', () => {
  const few = [0, 1, 0, 1];

  it.each([
    ['too-few-rows', { challenger: probabilitiesOf(few), truth: few }],
    ['too-few-rows', { challenger: [], truth: [] }],
    ['one-class-only', { challenger: probabilitiesOf(Array(60).fill(1)), truth: Array(60).fill(1) }],
    ['rows-disagree', { challenger: probabilitiesOf(few), truth }],
    ['invalid-scores', { challenger: probabilitiesOf(truth.map(() => Number.NaN)), truth }],
    ['invalid-scores', { challenger: wrongOn(), champion: probabilitiesOf(truth.map(() => 2)), truth }],
    ['invalid-scores', { challenger: truth.flatMap(() => [0.4, 0.4]), truth }],
  ])('refuses with %s', (rule, input) => {
    expect(decide(input)).toMatchObject({ promoted: false, rule, reason: expect.stringMatching(/\.$/) });
  });

  it('says which of two classes is there alone', () => {
    const { reason } = decide({ challenger: probabilitiesOf(Array(60).fill(1)), truth: Array(60).fill(1) });
    expect(reason).toBe('All 60 hold-out notes are real: both classes are needed to judge.');
  });
});

describe('decide, on wines of three kinds', () => {
  const kinds = Array.from({ length: 90 }, (_, row) => row % 3);
  /** Certain of the right kind, but for rows that are taken for the next one. */
  const wines = (...wrong: readonly number[]) =>
    kinds.flatMap((kind, row) =>
      [0, 1, 2].map(one => (one === (wrong.includes(row) ? (kind + 1) % 3 : kind) ? 1 : 0)),
    );
  const judge = (input: Pick<GateInput, 'challenger'> & Partial<GateInput>) =>
    decideOf({ classes: ['1', '2', '3'], item: 'wine', truth: kinds, ...input });

  it('judges by right and wrong, and names kind and item in its reasons', () => {
    expect(judge({ challenger: wines(1) })).toMatchObject({
      rule: 'first-model',
      reason: 'The first model: it got 89 of 90 hold-out wines right.',
      challenger: { classes: { 2: { recall: 29 / 30 } } },
    });
    expect(judge({ champion: wines(), challenger: wines(1) })).toMatchObject({
      rule: 'lower',
      test: { lost: 1 },
    });
    const settings = { minimumAccuracy: 0.9, minimumRecall: 0.9 };
    expect(judge({ challenger: wines(1, 4, 7, 10), settings })).toMatchObject({
      rule: 'below-recall-floor',
      reason: 'It recognised 86.66 % of the 30 2 wines in the hold-out, and the floor is 90 %.',
    });
  });

  it('refuses one that knows no more than the shares of the kinds tell, where no floor is said', () => {
    const byShares = kinds.flatMap(() => [1 / 3, 1 / 3, 1 / 3]);
    expect(judge({ challenger: byShares })).toMatchObject({
      promoted: false,
      rule: 'no-better-than-shares',
      reason:
        'It knows no more of the 90 hold-out wines than the shares of their classes tell (log loss 1.099, and 1.099 by the shares).',
    });
    const hint = kinds.flatMap(kind => [0, 1, 2].map(one => (one === kind ? 0.4 : 0.3)));
    expect(judge({ challenger: hint })).toMatchObject({ promoted: true, rule: 'first-model' });
  });

  it('does without a kind of which the hold-out has no row', () => {
    const classes = ['1', '2', '3', 'never seen'];
    const challenger = kinds.flatMap(kind => [0, 1, 2, 3].map(one => (one === kind ? 1 : 0)));
    expect(judge({ classes, challenger })).toMatchObject({ rule: 'first-model' });
  });
});

describe('decide, on anything', () => {
  const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 60, maxLength: 60 });
  const classes = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 60, maxLength: 60 });

  it('never promotes a model that got fewer rows right than the champion', () => {
    const settings = { minimumAccuracy: 0, minimumRecall: 0 };
    fc.assert(
      fc.property(scores, scores, classes, (before, now, rows) => {
        const decision = decide({
          champion: probabilitiesOf(before),
          challenger: probabilitiesOf(now),
          truth: rows,
          settings,
        });
        const fewer = (decision.challenger?.correct ?? 0) < (decision.champion?.correct ?? 0);
        return !(decision.promoted && fewer);
      }),
    );
  });
});
