import { gateRules } from '@banknote-loop/shared';
import { decodeOutOfFold, encodeOutOfFold, type TrainingSet, train } from '@banknote-loop/shared/classifier';
import { report as reportSchema } from '@banknote-loop/shared/contract';
import { exampleRow } from '@banknote-loop/shared/data-set';
import { chooseBackend, compileModel, seededRandom } from '@banknote-loop/shared/learning';
import { rowsOf, split } from '@banknote-loop/testing/bank-data';
import { describeLearning } from './describe-learning.ts';
import { judge, reportOn } from './judge.ts';

const settings = gateRules.parse({ GATE_MIN_ROWS: '20', GATE_MIN_ACCURACY: '0.85', GATE_MIN_RECALL: '0.7' });

async function learned(name: string, relabel = (set: TrainingSet): TrainingSet => set) {
  const { tf } = await chooseBackend('wasm');
  const { dataSet, set: all } = await rowsOf(name);
  const { train: seen, holdOut } = split(all, seededRandom(1));
  const outcome = await train(tf, dataSet, relabel(seen), { seed: 1, budgetSeconds: 2 });
  if (!outcome.trained) throw new Error(outcome.reason);
  const { classes } = seen;
  const set = {
    holdout: holdOut,
    holdoutByPeople: new Uint8Array(holdOut.count),
    holdoutReviewers: new Uint32Array(holdOut.count),
    training: seen,
    trainingOwnClasses: classes,
  };
  return { dataSet, set, outcome, model: { ...outcome, ...compileModel(outcome.model) } };
}

/** All labels moved on to the next class. */
function moved(set: TrainingSet): TrainingSet {
  return { ...set, classes: set.classes.map(label => (label + 1) % set.classNames.length) };
}

describe.each(['iris', 'penguins'])('a model of %s', name => {
  it('is judged on all of its classes, and reported with what it rests on', async () => {
    const { dataSet, set, outcome, model } = await learned(name);
    const row = exampleRow(dataSet);
    const [label = '', other = ''] = set.holdout.classNames;
    const answers = [label, other].map(one => ({
      features: row,
      label: one,
      isCorrect: null,
      trueLabel: null,
    }));
    const { decision, flips } = judge(model, { dataSet, champion: undefined, set, answers, settings });
    expect(decision).toMatchObject({ promoted: true, rule: 'first-model' });
    expect(decision.challenger?.confusion).toHaveLength(3);
    // Of two different answers to the same row at least one changes.
    expect(flips?.changed).toBeGreaterThan(0);
    const learning = describeLearning(dataSet, outcome, set.holdout, 1);
    const report = reportSchema.parse({ ...reportOn(dataSet, decision, flips), learning });
    expect(report.learning).toEqual(learning);
    expect(
      learning.candidates
        .filter(({ chosen }) => chosen)
        .map(one => one.name)
        .sort(),
    ).toEqual([...outcome.choice.members].sort());
  });

  it('that learned wrong classes is refused by the champion', async () => {
    const { dataSet, set, model } = await learned(name);
    const wrong = await learned(name, moved);
    const champion = {
      probabilities: model.probabilities,
      outOfFold: decodeOutOfFold(encodeOutOfFold(set.training, model.scores, null)),
    };
    const floorless = { ...settings, minimumAccuracy: 0, minimumRecall: 0 };
    const { decision } = judge(wrong.model, { dataSet, champion, set, answers: [], settings: floorless });
    expect(decision).toMatchObject({
      promoted: false,
      rule: 'worse',
      all: { challenger: { rows: expect.any(Number) } },
    });
    expect(decision.all?.challenger?.rows).toBe(set.holdout.count + set.training.count);
  });
});
