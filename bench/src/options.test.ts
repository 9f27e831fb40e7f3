import { readOptions } from './options.ts';

const parts = [
  { name: 'handlers' },
  { name: 'loop', takesAnyTable: true },
  { name: 'start', takesAnyTable: true },
] as const;

it('measures another table by the parts that can, and says which those are', () => {
  expect(readOptions([], parts)).toMatchObject({ dataSet: 'banknotes', only: [] });
  expect(readOptions(['--data-set', 'iris'], parts)).toMatchObject({
    dataSet: 'iris',
    only: ['loop', 'start'],
  });
  expect(() => readOptions(['--data-set', 'iris', '--only', 'loop,handlers'], parts)).toThrow(
    'The part handlers measures banknotes: --data-set goes with loop, start.',
  );
});
