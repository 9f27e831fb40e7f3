import fc from 'fast-check';
import { readNotesCsv } from './notes-csv.ts';

it('finds columns by name, in any order, and ignores others', () => {
  const text = 'entropy;class;Name;variance;skewness;curtosis\r\n4;1;"a; b";1;2;3\r\n';
  expect(readNotesCsv(text)).toEqual({ subjects: ['a; b'], features: [[1, 2, 3, 4]], problems: [] });
});

it('names notes after their line where they have no name', () => {
  const { subjects } = readNotesCsv('variance,skewness,curtosis,entropy\n1,2,3,4\n\n5,6,7,8');
  expect(subjects).toEqual(['note 1', 'note 3']);
});

it('leaves rows with a problem out, and says what it is', () => {
  const { features, problems } = readNotesCsv('variance,skewness,curtosis,entropy\n1,2,x,4\n1,,3,4\n1,2,3,4');
  expect(features).toEqual([[1, 2, 3, 4]]);
  expect(problems).toEqual([
    { line: 2, message: 'curtosis is "x", which is not a number.' },
    { line: 3, message: 'skewness is empty.' },
  ]);
});

it('says which columns are missing', () => {
  expect(readNotesCsv('variance,entropy\n1,2').problems).toEqual([
    { line: 1, message: expect.stringContaining('skewness, curtosis missing') },
  ]);
});

it('reads back what was written, quotes and separators in names included', () => {
  const name = fc.string({ minLength: 1 }).filter(text => text.trim() === text && !/[\r\n]/.test(text));
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(name, number, number, number, number), { minLength: 1 }), rows => {
      const lines = rows.map(([subject, ...values]) =>
        [`"${subject.replaceAll('"', '""')}"`, ...values].join(','),
      );
      const { subjects, features, problems } = readNotesCsv(
        ['subject,variance,skewness,curtosis,entropy', ...lines].join('\n'),
      );
      expect(problems).toEqual([]);
      expect(subjects).toEqual(rows.map(([subject]) => subject));
      expect(features).toEqual(rows.map(([, ...values]) => values.map(value => Number(String(value)))));
    }),
  );
});
