import { banknotes } from '@banknote-loop/testing/data-sets';
import fc from 'fast-check';
import { z } from 'zod';
import { notesBody } from './messages.ts';
import { row as rowOf, subject } from './notes.ts';

const plain = z.object({
  subjects: z.array(subject).min(1, 'A batch has at least one subject.'),
  features: z.array(rowOf(banknotes)),
});

/** Of each list no more than that is told. */
const told = 3;

interface Said {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The items of which the first few problems are told; all problems of an item are. */
function firstFew(problems: readonly Said[]): Said[] {
  return ['subjects', 'features'].flatMap(list => {
    const own = problems.filter(({ path }) => path[0] === list);
    const lastItem = own[told - 1]?.path[1];
    return own.filter((problem, i) => i < told || (lastItem !== undefined && problem.path[1] === lastItem));
  });
}

const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, '1', null));
const row = fc.oneof(
  fc.array(number, { minLength: 3, maxLength: 5 }),
  fc.tuple(fc.double({ noNaN: true })),
  fc.anything(),
);
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 210 }),
  fc.constantFrom('', 'a\u0000', '\ud800', 7),
);
const notes = fc.record(
  { subjects: fc.oneof(fc.array(name), fc.anything()), features: fc.oneof(fc.array(row), fc.anything()) },
  { requiredKeys: [] },
);

it('takes and refuses what the plain schema does, and says the same of the first few items', () => {
  fc.assert(
    fc.property(notes, given => {
      const expected =
        plain.safeParse(given).error?.issues.map(({ path, message }) => ({ path, message })) ?? [];
      const found =
        notesBody(banknotes)
          .safeParse(given)
          .error?.issues.map(({ path, message }) => ({ path, message })) ?? [];
      // That lists belong together and must be of one length is another rule, of which only whole lists are told.
      const ofItems = found.filter(({ message }) => !message.includes('there must be one for each'));
      const anywhere = expected.some(({ path }) => path.length === 0);
      expect(ofItems).toEqual(anywhere ? expected : firstFew(expected));
    }),
    { numRuns: 2_000 },
  );
});

const described = { io: 'input', unrepresentable: 'any' } as const;

it('describes itself as the plain schema does', () => {
  expect(z.toJSONSchema(notesBody(banknotes), described)).toEqual(z.toJSONSchema(plain, described));
});
