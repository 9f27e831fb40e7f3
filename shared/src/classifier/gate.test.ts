import fc from 'fast-check';
import { decide } from './gate.ts';

const classes = Array.from({ length: 200 }, (_, row) => row % 2);

/** Scores that are right but for the rows with the given numbers. */
function scoresWrongOn(...wrong: readonly number[]) {
  return { scores: classes.map((truth, row) => (wrong.includes(row) === (truth === 1) ? 0.1 : 0.9)) };
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('decide, on a first model', () => {
  it('promotes it above the floors', () => {
    expect(decide({ challenger: scoresWrongOn(1), classes })).toMatchObject({
      promoted: true,
      rule: 'first-model',
      reason: 'The first model: it got 199 of 200 hold-out notes right.',
      challenger: { correct: 199 },
    });
  });

  it('refuses it below the floor of accuracy', () => {
    expect(decide({ challenger: scoresWrongOn(...numbers(0, 11)), classes })).toMatchObject({
      promoted: false,
      rule: 'below-accuracy-floor',
      reason: 'It got 189 of 200 hold-out notes right (94.5 %), and the floor is 95 %.',
    });
  });

  it('refuses it where one class is recognised too seldom', () => {
    const challenger = scoresWrongOn(...numbers(0, 10).map(i => 2 * i));
    const settings = { minimumRecall: 0.95 };
    expect(decide({ challenger, classes, settings })).toMatchObject({
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
      champion: scoresWrongOn(...before),
      challenger: scoresWrongOn(...now),
      classes,
    });
    expect(decision).toMatchObject({ rule, promoted, champion: { correct: 200 - before.length } });
    expect(decision.reason).toMatch(/^[A-Z].*\.$/);
  });

  it('says the numbers in the reason', () => {
    const { reason } = decide({
      champion: scoresWrongOn(),
      challenger: scoresWrongOn(...numbers(0, 5)),
      classes,
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
    const champion = scoresWrongOn(...numbers(0, more));
    expect(
      decide({ champion, challenger: scoresWrongOn(), classes, settings: { minimumGain } }),
    ).toMatchObject({ rule });
  });
});

describe('decide, with notes that people labelled', () => {
  const byPeople = classes.map((_, row) => (row >= 120 ? 1 : 0));
  const before = numbers(130, 150);

  it("does not take people's word for a gain against the bank's for a loss", () => {
    const decision = decide({
      champion: scoresWrongOn(...before),
      challenger: scoresWrongOn(4),
      classes,
      byPeople,
    });
    expect(decision).toMatchObject({
      promoted: false,
      rule: 'lower',
      people: { test: { gained: 20, lost: 0 } },
    });
  });

  it('lets people object to what is clearly worse for their notes, but not to what may be chance', () => {
    const challengers = [5, 4].map(worse => scoresWrongOn(...numbers(130, 130 + worse)));
    const decisions = challengers.map(challenger =>
      decide({ champion: scoresWrongOn(), challenger, classes, byPeople }),
    );
    expect(decisions).toMatchObject([
      { promoted: false, rule: 'worse-for-people', challenger: { rows: 120, correct: 120 } },
      { promoted: true, rule: 'not-worse', people: { challenger: { rows: 80, correct: 76 } } },
    ]);
  });

  it("judges on all notes while the bank's are too few", () => {
    const settings = { minimumRows: 121 };
    const contest = { champion: scoresWrongOn(...before), challenger: scoresWrongOn(4), classes, byPeople };
    expect(decide({ ...contest, settings })).toMatchObject({ rule: 'better', challenger: { rows: 200 } });
  });
});

describe('decide, with nothing to judge on', () => {
  const few = [0, 1, 0, 1];

  it.each([
    ['too-few-rows', { challenger: { scores: few }, classes: few }],
    ['too-few-rows', { challenger: { scores: [] }, classes: [] }],
    ['one-class-only', { challenger: { scores: Array(60).fill(1) }, classes: Array(60).fill(1) }],
    ['rows-disagree', { challenger: { scores: few }, classes }],
    ['invalid-scores', { challenger: { scores: classes.map(() => Number.NaN) }, classes }],
    ['invalid-scores', { challenger: scoresWrongOn(), champion: { scores: classes.map(() => 2) }, classes }],
  ])('refuses with %s', (rule, contest) => {
    expect(decide(contest)).toMatchObject({ promoted: false, rule, reason: expect.stringMatching(/\.$/) });
  });
});

describe('decide, on anything', () => {
  const contestant = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 60, maxLength: 60 });
  const truth = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 60, maxLength: 60 });

  it('never promotes a model that got fewer rows right than the champion', () => {
    const settings = { minimumAccuracy: 0, minimumRecall: 0 };
    fc.assert(
      fc.property(contestant, contestant, truth, (champion, challenger, rows) => {
        const decision = decide({
          champion: { scores: champion },
          challenger: { scores: challenger },
          classes: rows,
          settings,
        });
        const fewer = (decision.challenger?.correct ?? 0) < (decision.champion?.correct ?? 0);
        return !(decision.promoted && fewer);
      }),
    );
  });
});
