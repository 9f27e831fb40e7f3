import fc from 'fast-check';
import { readBoundedJson } from './bounded-json.ts';
import { PermanentError, TooLargeError } from './errors.ts';

const depth = 4;
/** Short texts are within these by their length alone; of the others each byte is looked at. */
const bounds = {
  'wide bounds': { depth, values: 1e6, names: 1e6 },
  'narrow bounds': { depth, values: 1_000, names: 3 },
};

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(namesIn)];
}

function read(text: string, within: keyof typeof bounds): Promise<unknown> {
  return readBoundedJson(Buffer.from(text), bounds[within], () => new PermanentError('No JSON.'));
}

it('reads what is within the bounds, and refuses what nests deeper or has more names', async () => {
  const json = fc.json({ depthSize: 'medium', maxDepth: depth + 2 });
  await fc.assert(
    fc.asyncProperty(json, async text => {
      const value: unknown = JSON.parse(text);
      const isTooDeep = depthOf(value) > depth;
      const hasTooManyNames = new Set(namesIn(value)).size > bounds['narrow bounds'].names;
      const wide = await read(text, 'wide bounds').catch(error => error);
      const narrow = await read(text, 'narrow bounds').catch(error => error);
      if (isTooDeep) expect(wide).toBeInstanceOf(TooLargeError);
      else expect(wide).toEqual(value);
      if (isTooDeep || hasTooManyNames) expect(narrow).toBeInstanceOf(TooLargeError);
      else expect(narrow).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

it.each([
  ['has so many levels', '[[[["]]]]]"]]]]'],
  ['has brackets only in its text', '"[[[[[[{{{{{{"'],
])('takes what %s', async (_what, text) => {
  for (const within of ['wide bounds', 'narrow bounds'] as const)
    expect(await read(text, within)).toEqual(JSON.parse(text));
});

it.each([
  ['one level more', '[[[["]]]]]",[]]]]]', TooLargeError],
  ['too many values', `[${'0,'.repeat(1_000)}0]`, TooLargeError],
  ['too many values that say little', `[${'[],'.repeat(600)}[]]`, TooLargeError],
  ['no JSON', '{"a":', PermanentError],
])('refuses %s', async (_what, text, kind) => {
  await expect(read(text, 'narrow bounds')).rejects.toBeInstanceOf(kind);
});

it('counts names that are made to look alike', async () => {
  // Of two such pairs of letters each stands for the same number in the simplest of hashes.
  const nameOf = (i: number) =>
    Array.from({ length: 10 }, (_, bit) => ((i >> bit) % 2 ? 'Aa' : 'BB')).join('');
  const text = `{${Array.from({ length: 500 }, (_, i) => `"${nameOf(i)}":0`).join()}}`;
  await expect(read(text, 'narrow bounds')).rejects.toThrow('different names');
});
