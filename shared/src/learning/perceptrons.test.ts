import { type Backend, chooseBackend } from './backend.ts';
import { stratifiedFolds } from './folds.ts';
import { compileNetworks } from './network.ts';
import { fitPerceptrons } from './perceptrons.ts';
import { mixedTable } from './tables.testing.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await chooseBackend('wasm');
});

it.each([2, 3])('answer as they did when they learned: %i classes', classCount => {
  const mixed = mixedTable(300, 1, classCount);
  // What a category of many kinds says of the classes differs from fold to fold, and has no part in this.
  const table = { ...mixed, values: mixed.values.map((value, i) => (i % 6 === 4 ? value % 20 : value)) };
  const folds = stratifiedFolds(table, 3, 1);
  const { logScores, model } = fitPerceptrons(
    backend.tf,
    { table, folds, seed: 1, mostRows: Infinity },
    {
      scale: 'number',
      hiddenUnits: [9, 6],
      steps: 60,
      batchRows: 64,
      learningRate: 0.03,
      weightDecay: 0.005,
    },
  );
  const alone = model.members.map(member =>
    compileNetworks({ inputs: model.inputs, members: [member] })(table.values),
  );
  logScores.forEach((score, i) => {
    const fold = folds.of[Math.floor(i / classCount)] ?? 0;
    // Units that can hardly move a score have been taken out since.
    expect(Math.abs((alone[fold]?.[i] ?? Number.NaN) - score)).toBeLessThan(0.02);
  });
});
