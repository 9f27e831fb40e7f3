import { banknotes } from '@banknote-loop/testing/data-sets';
import fc from 'fast-check';
import { z } from 'zod';
import { notesBody } from './messages.ts';
import { row as rowOf, subject } from './notes.ts';

const plain = z.object({
  subjects: z.array(subject).min(1, 'A batch has at least one subject.'),
  features: z.array(rowOf(banknotes)),
});

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

it('takes and refuses what the plain schema does, and says the same', () => {
  fc.assert(
    fc.property(notes, given => {
      const expected =
        plain.safeParse(given).error?.issues.map(({ path, message }) => ({ path, message })) ?? [];
      const found =
        notesBody(banknotes)
          .safeParse(given)
          .error?.issues.map(({ path, message }) => ({ path, message })) ?? [];
      // That lists belong together and must be of one length is another rule, of which only whole lists are told.
      expect(found.filter(({ message }) => !message.includes('there must be one for each'))).toEqual(
        expected,
      );
    }),
    { numRuns: 2_000 },
  );
});

const described = { io: 'input', unrepresentable: 'any' } as const;

it('describes itself as the plain schema does', () => {
  expect(z.toJSONSchema(notesBody(banknotes), described)).toEqual(z.toJSONSchema(plain, described));
});
