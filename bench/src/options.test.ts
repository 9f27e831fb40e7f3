import { readOptions } from './options.ts';

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
