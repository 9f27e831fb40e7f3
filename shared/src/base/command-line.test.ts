import { parseOptions } from './command-line.ts';

const defaults = { notes: 20_000, 'data-set': 'banknotes' };

it('takes what is usual where nothing is said, and numbers as numbers', () => {
  expect(parseOptions(defaults, [])).toEqual(defaults);
  expect(parseOptions(defaults, ['--notes', '5', '--data-set=iris'])).toEqual({
    notes: 5,
    'data-set': 'iris',
  });
});

it.each([
  [['--notes', 'many'], '--notes takes a whole number, and was given "many".'],
  [['--notes', '1.5'], '--notes takes a whole number, and was given "1.5".'],
  [['--notes=-1'], '--notes takes a whole number, and was given "-1".'],
  [['--note', '5'], "Unknown option '--note'"],
  [['5'], "Unexpected argument '5'"],
])('says what is wrong with %j', (words, message) => {
  expect(() => parseOptions(defaults, words)).toThrow(message);
});
