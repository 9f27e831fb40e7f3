import fc from 'fast-check';
import { findJsonError } from './json-position.ts';

const cases: readonly [text: string, line: number, column: number][] = [
  ['', 1, 1],
  ['{"a": 1', 1, 8],
  ['{"a" 1}', 1, 6],
  ['{"a": 1,}', 1, 9],
  ['[1, 2\n, x]', 2, 3],
  ['[1] 2', 1, 5],
  ['{"a": 01}', 1, 8],
  ['["\t"]', 1, 2],
  ["{'a': 1}", 1, 2],
  ['[1}', 1, 3],
];

it.each(cases)('finds where %j stops being JSON', (text, line, column) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(findJsonError(text)).toEqual({ line, column });
});

it('finds the first character that was put where none may stand', () => {
  fc.assert(
    fc.property(fc.json(), json => {
      expect(findJsonError(`${json}#`)).toEqual({ line: 1, column: json.length + 1 });
    }),
  );
});

it('finds its way through a body of the largest size', () => {
  const text = `["${'x'.repeat(4 * 1024 * 1024)}"`;
  expect(findJsonError(text)).toEqual({ line: 1, column: text.length + 1 });
  expect(findJsonError('['.repeat(10_000))).toEqual({ line: 1, column: 10_001 });
});

it('does not look for ever', () => {
  expect(findJsonError(`[${'1,'.repeat(1_000_000)}`)).toBeUndefined();
});
