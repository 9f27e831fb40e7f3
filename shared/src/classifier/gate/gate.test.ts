import fc from 'fast-check';
import { probabilitiesOf } from '../metrics.testing.ts';
import { decide as decideOf } from './gate.ts';
import type { GateInput } from './input.ts';

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
    ['not-worse', true, [4], [5, 6]],
    ['not-worse', true, [], [4]],
    ['lower', false, [], [4, 5]],
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

  it("counts people's gain as one, but does not take it for the bank's loss", () => {
    const decisions = [[4], [4, 5]].map(wrong =>
      decide({ champion: wrongOn(...before), challenger: wrongOn(...wrong), truth, byPeople }),
    );
    expect(decisions).toMatchObject([
      { promoted: true, rule: 'better-for-people', people: { test: { gained: 20, lost: 0 } } },
      { promoted: false, rule: 'lower', people: { test: { gained: 20, lost: 0 } } },
    ]);
  });

  it('lets a gain that several people have proved outweigh more, but not one of a single person', () => {
    const input = { champion: wrongOn(...before), challenger: wrongOn(4, 5), truth, byPeople };
    const [one, several] = [1, 4].map(people =>
      decide({ ...input, reviewers: truth.map((_, row) => (byPeople[row] ? 1 + (row % people) : 0)) }),
    );
    expect([one, several]).toMatchObject([{ rule: 'lower' }, { rule: 'better-for-people' }]);
  });

  it('lets several people object, but no one person', () => {
    const input = { champion: wrongOn(), challenger: wrongOn(...numbers(130, 145)), truth, byPeople };
    const [one, several] = [1, 3].map(people =>
      decide({ ...input, reviewers: truth.map((_, row) => (byPeople[row] ? 1 + (row % people) : 0)) }),
    );
    expect([one, several]).toMatchObject([{ promoted: true }, { promoted: false, rule: 'worse-for-people' }]);
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
    expect(judge({ champion: wines(), challenger: wines(1, 2) })).toMatchObject({
      rule: 'lower',
      test: { lost: 2 },
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

describe('decide, by more than hits', () => {
  /** As right as the others, and less sure of it. */
  const unsure = (sure: number) => probabilitiesOf(truth.map(one => (one === 1 ? sure : 1 - sure)));

  it('refuses one that is less sure of what is right, and calls one better that is surer', () => {
    expect(decide({ champion: unsure(0.99), challenger: unsure(0.8), truth })).toMatchObject({
      promoted: false,
      rule: 'worse-log-loss',
      test: { gained: 0, lost: 0 },
      reason: expect.stringMatching(/is higher by 0.213, and the margin is 0.030 \(p below 0.001\)\.$/),
    });
    expect(decide({ champion: unsure(0.8), challenger: unsure(0.99), truth })).toMatchObject({
      rule: 'better',
    });
  });

  it('takes what is negligible for no loss, however sure it is', () => {
    const decision = decide({ champion: unsure(0.99), challenger: unsure(0.9898), truth });
    expect(decision).toMatchObject({
      promoted: true,
      rule: 'not-worse',
      loss: { difference: expect.closeTo(0.0002) },
    });
    expect(decision.loss?.challengerWorse).toBeLessThan(1e-6);
  });

  it('does not let losses add up: the best ever proved is a measure, too', () => {
    const input = { champion: wrongOn(4), challenger: wrongOn(5, 6), truth };
    expect(decide(input)).toMatchObject({ promoted: true });
    expect(decide({ ...input, anchor: wrongOn() })).toMatchObject({
      promoted: false,
      rule: 'worse-than-best',
      best: { test: { gained: 0, lost: 2 } },
    });
  });

  it('refuses a model that alone is within the margin where all those before it were worse, too', () => {
    const input = { champion: wrongOn(4), challenger: wrongOn(5), truth };
    const before = (count: number, lost: number) =>
      Array.from({ length: count }, () => ({ fewer: lost / truth.length, logLoss: 0 }));
    const judged = [before(24, 0), before(1, 9), before(7, 9), [...before(12, 90), ...before(12, 0)]].map(
      earlier => decide({ ...input, earlier }),
    );
    expect(judged).toMatchObject([
      { promoted: true },
      { promoted: true },
      { promoted: false, rule: 'worse-than-best', besideBest: { fewer: 0 } },
      { promoted: true },
    ]);
    expect(judged[2]?.reason).toMatch(/^The last 8 models, this one among them, are on average worse/);
  });

  it('asks for what models like the best are worth, and not for the luck that the best itself had', () => {
    const lucky = { champion: wrongOn(), challenger: wrongOn(4, 5), truth };
    const { rule, besideBest: less = { fewer: 0, logLoss: 0 } } = decide(lucky);
    expect(rule).toBe('lower');
    const repeats = Array.from({ length: 8 }, () => less);
    expect(decide({ ...lucky, repeats })).toMatchObject({ promoted: true, rule: 'not-worse' });
    // And without its bad luck it is worth more.
    const unlucky = { champion: wrongOn(1, 2, 3), challenger: wrongOn(4, 5, 6), truth };
    expect(decide(unlucky)).toMatchObject({ promoted: true });
    const more = { fewer: -3 * less.fewer, logLoss: -3 * less.logLoss };
    expect(decide({ ...unlucky, repeats: repeats.map(() => more) })).toMatchObject({ promoted: false });
  });

  it('takes a few rows of more than a thousand for no loss where models are hardly ever wrong', () => {
    const many = Array.from({ length: 1_252 }, (_, row) => row % 2);
    const scores = (wrong: number) =>
      many.flatMap((truth, row) => {
        const right = row < wrong ? 0.4 : 0.995;
        return truth === 0 ? [right, 1 - right] : [1 - right, right];
      });
    const rows = { truth: many, champion: scores(0), anchor: scores(0) };
    expect(decide({ ...rows, challenger: scores(5) })).toMatchObject({ promoted: true, rule: 'not-worse' });
    expect(decide({ ...rows, challenger: scores(6) })).toMatchObject({ promoted: false });
  });

  it('says of a model whether it is the best ever proved', () => {
    const many = numbers(0, 30);
    expect(decide({ challenger: wrongOn(), truth })).toMatchObject({ provedBest: true });
    const decisions = [many, [1, 2, 3, 4, 5]].map(wrong =>
      decide({ champion: wrongOn(...wrong), challenger: wrongOn(), truth }),
    );
    expect(decisions).toMatchObject([
      { rule: 'better', provedBest: true },
      { rule: 'better', provedBest: false },
    ]);
  });

  it('judges on all rows, and lets the hold-out object on its own', () => {
    const outOfFold = truth.map((_, row) => (row < 100 ? 1 : 0));
    const gains = numbers(0, 20);
    const settings = { minimumAccuracy: 0.9 };
    const decisions = [[], numbers(100, 104), numbers(100, 108)].map(lost =>
      decide({ champion: wrongOn(...gains), challenger: wrongOn(...lost), truth, outOfFold, settings }),
    );
    expect(decisions).toMatchObject([
      { rule: 'better', all: { challenger: { rows: 200 } }, challenger: { rows: 100 } },
      { rule: 'better' },
      { rule: 'worse-on-hold-out', promoted: false },
    ]);
  });

  it('compares only the rows that both models have an answer to', () => {
    const champion = wrongOn().fill(Number.NaN, 0, 100);
    const outOfFold = truth.map((_, row) => (row < 100 ? 1 : 0));
    const decision = decide({ champion, challenger: wrongOn(1, 2, 3, 4, 5, 6), truth, outOfFold });
    expect(decision).toMatchObject({
      rule: 'not-worse',
      all: { challenger: { rows: 200 }, champion: { rows: 150 }, test: { lost: 0 } },
    });
  });
});

describe('decide, by segments', () => {
  const segments = [0, 1].map(half => ({
    kind: 'region' as const,
    name: `half ${half}`,
    rows: numbers(100 * half, 100 * half + 100),
  }));

  it('refuses what is clearly worse in one, however good it is in all, and says where', () => {
    const input = { champion: wrongOn(...numbers(0, 30)), challenger: wrongOn(...numbers(150, 160)), truth };
    const settings = { minimumRecall: 0.8 };
    expect(decide({ ...input, settings })).toMatchObject({ rule: 'better' });
    const decision = decide({ ...input, settings, segments });
    expect(decision).toMatchObject({ promoted: false, rule: 'worse-in-segment' });
    expect(decision.reason).toContain('for notes with half 1: right on 90 of 100 instead of 100');
    expect(decision.segments).toMatchObject([
      { name: 'half 0', challenger: 100, champion: 70, gained: 30, lost: 0, worse: 1 },
      { name: 'half 1', challenger: 90, champion: 100, gained: 0, lost: 10 },
    ]);
  });

  it('knows that of many segments one looks bad by chance', () => {
    const many = [
      ...segments,
      ...numbers(0, 40).map(number => ({
        kind: 'region' as const,
        name: `part ${number}`,
        rows: numbers(0, 30),
      })),
    ];
    const input = { champion: wrongOn(...numbers(0, 30)), challenger: wrongOn(...numbers(150, 158)), truth };
    const settings = { minimumRecall: 0.8 };
    expect(decide({ ...input, settings, segments })).toMatchObject({ rule: 'worse-in-segment' });
    expect(decide({ ...input, settings, segments: many })).toMatchObject({ promoted: true });
  });
});

describe('decide, on anything', () => {
  const rows = 60;
  const anyScores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
    minLength: rows,
    maxLength: rows,
  });
  const anyClasses = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: rows, maxLength: rows });
  const anyMarks = anyClasses;
  const settings = { minimumAccuracy: 0, minimumRecall: 0 };
  const anyInput = fc.record({
    truth: anyClasses,
    challenger: anyScores.map(probabilitiesOf),
    champion: anyScores.map(probabilitiesOf),
    anchor: anyScores.map(probabilitiesOf),
    byPeople: anyMarks,
    outOfFold: anyMarks,
  });

  it('never throws, whatever it is given', () => {
    const anything = fc.array(fc.double(), { maxLength: 200 });
    fc.assert(
      fc.property(anything, anything, anything, anything, (truth, challenger, champion, byPeople) => {
        expect(decide({ truth, challenger, champion, byPeople }).reason).toMatch(/\.$/);
      }),
    );
  });

  it('does not depend on the order of the rows', () => {
    const order = fc.shuffledSubarray(numbers(0, rows), { minLength: rows });
    fc.assert(
      fc.property(anyInput, order, (input, places) => {
        const moved = (values: ArrayLike<number>, width = 1) =>
          places.flatMap(row => Array.from({ length: width }, (_, i) => values[row * width + i] ?? 0));
        const { promoted, rule, provedBest } = decide({ ...input, settings });
        const again = decide({
          truth: moved(input.truth),
          challenger: moved(input.challenger, 2),
          champion: moved(input.champion, 2),
          anchor: moved(input.anchor, 2),
          byPeople: moved(input.byPeople),
          outOfFold: moved(input.outOfFold),
          settings,
        });
        expect(again).toMatchObject({ promoted, rule });
        expect(again.provedBest).toBe(provedBest);
      }),
    );
  });

  it('never calls each of two models better than the other, and promotes one that is the same', () => {
    fc.assert(
      fc.property(anyInput, ({ truth, challenger, champion }) => {
        const rules = [
          decide({ truth, challenger, champion, settings }),
          decide({ truth, challenger: champion, champion: challenger, settings }),
        ].map(({ rule }) => rule);
        expect(rules).not.toEqual(['better', 'better']);
        expect(rules.filter(rule => rule === 'worse').length).toBeLessThan(2);
        const same = decide({ truth, challenger, champion: challenger, anchor: challenger, settings });
        expect(['not-worse', 'one-class-only']).toContain(same.rule);
      }),
    );
  });

  it('never promotes a model that is beyond the margin below the champion or the best ever proved', () => {
    fc.assert(
      fc.property(anyInput, ({ truth, challenger, champion, anchor }) => {
        const { promoted, test, best } = decide({ truth, challenger, champion, anchor, settings });
        if (!promoted || !test || !best?.test) return;
        expect(test.lost - test.gained).toBeLessThanOrEqual(2.5 * Math.sqrt(test.lost + test.gained));
        const { lost, gained } = best.test;
        expect(lost - gained).toBeLessThanOrEqual(1.5 * Math.sqrt(lost + gained));
      }),
    );
  });
});
