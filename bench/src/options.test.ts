import { readOptions, readStudyOptions } from './options.ts';

const parts = [
  { name: 'handlers' },
  { name: 'loop', takesAnyTable: true },
  { name: 'start', takesAnyTable: true },
] as const;

it('measures another table by the parts that can, and says which those are', () => {
  expect(readOptions([], parts)).toMatchObject({ found: { dataSet: { name: 'banknotes' } }, only: [] });
  expect(readOptions(['--data-set', 'iris'], parts)).toMatchObject({
    found: { dataSet: { name: 'iris' } },
    only: ['loop', 'start'],
  });
  expect(() => readOptions(['--data-set', 'iris', '--only', 'loop,handlers'], parts)).toThrow(
    'The part handlers measures banknotes: --data-set goes with loop, start.',
  );
});

it('measures no table that is not here', () => {
  expect(() => readOptions(['--data-set', 'irs'], parts)).toThrow(
    'There is no data set "irs". Did you mean "iris"?',
  );
});

it('learns a data set as often as is asked, and so often that a deviation can be told', () => {
  const study = { times: 'splits', usual: { times: 20, budget: 20 }, fewest: 2 };
  const read = (...args: string[]) => readStudyOptions(args, study);
  expect(read()).toEqual({ dataSet: 'banknotes', times: 20, budgetSeconds: 20 });
  expect(read('--data-set', 'wine', '--splits', '2', '--budget', '1.5')).toEqual({
    dataSet: 'wine',
    times: 2,
    budgetSeconds: 1.5,
  });
  expect(() => read('--data-set', 'irs')).toThrow('There is no data set "irs". Did you mean "iris"?');
  for (const splits of ['1', 'x', '2.5'])
    expect(() => read('--splits', splits)).toThrow(
      `--splits takes a whole number from 2 on, and was given "${splits}".`,
    );
  expect(() => read('--budget', '0')).toThrow('--budget takes a number of seconds, and was given "0".');
});
