import { gateRules } from '@banknote-loop/shared';
import { type TrainingSet, train } from '@banknote-loop/shared/classifier';
import { report as reportSchema } from '@banknote-loop/shared/contract';
import { exampleRow } from '@banknote-loop/shared/data-set';
import { chooseBackend, compileModel, seededRandom } from '@banknote-loop/shared/learning';
import { rowsOf, split } from '@banknote-loop/testing/bank-data';
import { describeLearning } from './describe-learning.ts';
import { judge, reportOn } from './judge.ts';

const settings = gateRules.parse({ GATE_MIN_ROWS: '20', GATE_MIN_ACCURACY: '0.85', GATE_MIN_RECALL: '0.7' });

async function learned(name: string, relabel = (set: TrainingSet): TrainingSet => set) {
  const { tf } = await chooseBackend('wasm');
  const { dataSet, set } = await rowsOf(name);
  const { train: seen, holdOut } = split(set, seededRandom(1));
  const outcome = await train(tf, dataSet, relabel(seen), { seed: 1, budgetSeconds: 2 });
  if (!outcome.trained) throw new Error(outcome.reason);
  return { dataSet, holdOut, outcome, model: compileModel(outcome.model) };
}

/** All labels moved on to the next class. */
function moved(set: TrainingSet): TrainingSet {
  return { ...set, classes: set.classes.map(label => (label + 1) % set.classNames.length) };
}

describe.each(['iris', 'penguins'])('a model of %s', name => {
  it('is judged on all of its classes, and reported with what it rests on', async () => {
    const { dataSet, holdOut, outcome, model } = await learned(name);
    const set = { holdout: holdOut, holdoutByPeople: new Uint8Array(holdOut.count) };
    const row = exampleRow(dataSet);
    const [label = '', other = ''] = holdOut.classNames;
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
    const learning = describeLearning(dataSet, outcome, holdOut, 1);
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
    const { dataSet, holdOut, model } = await learned(name);
    const wrong = await learned(name, moved);
    const champion = { fileName: 'champion.json', ...model };
    const set = { holdout: holdOut, holdoutByPeople: new Uint8Array(holdOut.count) };
    const floorless = { ...settings, minimumAccuracy: 0, minimumRecall: 0 };
    const { decision } = judge(wrong.model, { dataSet, champion, set, answers: [], settings: floorless });
    expect(decision).toMatchObject({ promoted: false, rule: 'worse' });
  });
});
