import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { arbitraryDataSet, arbitraryRow } from './arbitrary.testing.ts';
import { csvCell, numberIn, textIn } from './cell.ts';
import { CsvReader, readItemsCsv, readUntrustedCsv, writeItemsCsv } from './csv.ts';
import { CsvParser, separatorOf } from './csv-parser.ts';
import type { DataSet } from './declaration.ts';
import { parseDeclaration } from './declaration-file.ts';

const file = join(import.meta.dirname, '../../../data-sets/banknotes/data-set.yaml');
const banknotes = parseDeclaration(readFileSync(file, 'utf8'), file);
const readNotes = (text: string) => readItemsCsv(banknotes, text);

describe('notes', () => {
  it('finds columns by name, in any order, and ignores others', () => {
    const text = 'entropy;class;Name;variance;skewness;curtosis\r\n4;1;"a; b";1;2;3\r\n';
    expect(readNotes(text)).toEqual({ subjects: ['a; b'], features: [[1, 2, 3, 4]], problems: [] });
  });

  it('names items after their line where they have no name', () => {
    const { subjects } = readNotes('variance,skewness,curtosis,entropy\n1,2,3,4\n\n5,6,7,8');
    expect(subjects).toEqual(['note 1', 'note 3']);
  });

  it('leaves rows with a problem out, and says what it is', () => {
    const { features, problems } = readNotes(
      'variance,skewness,curtosis,entropy\n1,2,x,4\n1,,3,4\n1,2,3,4\n1,2,3\n1,2,3,4,5\n1,2,3,4,\n1,2,3,1e999\n1,2,3,=cmd()',
    );
    expect(features).toEqual([
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ]);
    expect(problems).toEqual([
      { line: 2, message: 'curtosis is "x", which is not a number.' },
      { line: 3, message: 'skewness is empty.' },
      { line: 5, message: 'The line has 3 cells, where the first has 4.' },
      { line: 6, message: 'The line has 5 cells, where the first has 4.' },
      { line: 8, message: 'entropy is "1e999", which is not a number.' },
      { line: 9, message: 'entropy is "=cmd()", which is not a number.' },
    ]);
  });

  it.each([
    ['variance,entropy\n1,2', 'skewness, curtosis missing'],
    ['variance,skewnes,curtosis,entropy\n1,2,3,4', 'Did you mean its column "skewnes"?'],
    ['variance,variance,skewness,curtosis,entropy\n1,2,3,4,5', 'Two columns are called "variance"'],
    ['', 'The file is empty.'],
    ['\n\n', 'The file is empty.'],
    ['"variance,skewness', 'A quote is opened and never closed.'],
  ])('refuses the header of %j', (text, message) => {
    expect(readNotes(text)).toEqual({
      subjects: [],
      features: [],
      problems: [{ line: 1, message: expect.stringContaining(message) }],
    });
  });

  it.each([
    '1,2,3,4\n5,6,7,8',
    '1\t2\t3\t4\r5\t6\t7\t8\r',
    '\uFEFF1|2|3|4|1\n5|6|7|8|0',
    '1,0;2,0;3;4\n5;6;7;8',
  ])('takes %j, which has no header, in the order of the declaration', text => {
    expect(readNotes(text)).toEqual({
      subjects: ['note 1', 'note 2'],
      features: [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      problems: [],
    });
  });

  it('finds features and classes in a file that is older than their names', () => {
    const [first = banknotes.features[0], ...others] = banknotes.features;
    const [fake, real] = banknotes.label.classes;
    const renamed = {
      ...banknotes,
      features: [{ ...first, name: 'spread', column: 'spread', csv: 'spread', was: 'variance' }, ...others],
      label: { ...banknotes.label, classes: [fake, { name: 'good', csv: 'good', was: real?.csv }] },
    } as DataSet;
    const reader = new CsvReader(renamed, { labelled: true });
    const text = `variance,skewness,curtosis,entropy,class\n1,2,3,4,${real?.csv}\n5,6,7,8,good\n`;
    const items = [reader.push(text), reader.end()].flatMap(part => part.items);
    expect(items.map(({ row, label }) => [row[0], label])).toEqual([
      [1, 1],
      [5, 1],
    ]);
  });

  it('reads labels in whatever way the file spells them', () => {
    const reader = new CsvReader(banknotes, { labelled: true });
    const head = reader.push('variance,skewness,curtosis,entropy,class\n');
    expect(head).toEqual({ items: [], problems: [] });
    reader.push('1,2,3,4,0\n1,2,3,4,1.0\n1,2,3,4,real\n1,2,3,4,\n1,2,3,4,reel');
    const { items, problems } = reader.end();
    expect(items.map(({ label }) => label)).toEqual([0, 1, 1]);
    expect(problems.map(({ message }) => message)).toEqual([
      'class is empty.',
      'class is "reel", which is none of its classes. Did you mean "real"?',
    ]);
  });
});

describe('records', () => {
  const records = (text: string, pieces: number) => {
    const parser = new CsvParser(',');
    const size = Math.ceil(text.length / pieces) || 1;
    const read = Array.from({ length: pieces }, (_, i) => parser.push(text.slice(i * size, (i + 1) * size)));
    return [...read.flat(), ...parser.end()];
  };

  it('tells the line after cells of several lines', () => {
    expect(records('a,"b\r\n""c""",d\r\n\r\ne,f,g', 1)).toEqual([
      { line: 1, cells: ['a', 'b\n"c"', 'd'] },
      { line: 4, cells: ['e', 'f', 'g'] },
    ]);
  });

  it('loses one line to a quote that is never closed, and to one that is closed too early', () => {
    expect(records('a,b\nc,"d\ne,f\n"g"h,i\nj,k', 1)).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: [], problem: 'Text follows a closing quote.' },
      { line: 3, cells: ['e', 'f'] },
      { line: 4, cells: [], problem: 'Text follows a closing quote.' },
      { line: 5, cells: ['j', 'k'] },
    ]);
    const long = `a,"b\n${'c,d\n'.repeat(100_000)}`;
    const read = records(long, 100);
    expect(read[0]).toEqual({ line: 1, cells: [], problem: 'A quote is opened and never closed.' });
    expect(read).toHaveLength(100_001);
  });

  it('are the same however the file is cut into pieces', () => {
    const text = fc.array(fc.constantFrom('a', ',', '"', '\n', '\r\n', '\r', ' ', '""', 'é'), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (parts, pieces) => {
        expect(records(parts.join(''), pieces)).toEqual(records(parts.join(''), 1));
      }),
    );
  });

  it.each([
    ['a,b;c,d\n1,2;3,4\n', ';'],
    ['a;b\n1,5;2,5\n', ';'],
    ['a\tb, c\n1\t2\n', '\t'],
    ['a|b\n', '|'],
    ['a,b\n"1;2",3\n', ','],
    ['a\n1\n', ','],
  ])('of %j are separated by %j', (text, separator) => {
    expect(separatorOf(text)).toBe(separator);
  });
});

it.each([
  ['=1+1', "'=1+1"],
  ['@cmd', "'@cmd"],
  ['-x', "'-x"],
  ["'=x", "''=x"],
  [' =1+1', "' =1+1"],
  ['\t@cmd', "'\t@cmd"],
  ['-5', '-5'],
  [-5, '-5'],
  ['a,"b"', '"a,""b"""'],
  [null, ''],
  [true, 'true'],
  ['plain', 'plain'],
])('writes %j as %s, which no spreadsheet runs', (value, cell) => {
  expect(csvCell(value)).toBe(cell);
});

it.each([
  ['1e5', 100_000],
  ['-0', 0],
  ['0x10', undefined],
  ['', undefined],
  ['1,5', undefined],
  ['Infinity', undefined],
])('takes %j for the number %s', (text, value) => {
  expect(numberIn(text)).toBe(value);
});

it('gives any text back that it guarded', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^['=+@a-]{1,6}$|^['=+@ -]{0,5}a$/), text => {
      const [line] = new CsvParser(',').push(`${csvCell(text)}\n`);
      // Nothing is read of the room around a cell.
      expect(textIn(line?.cells[0] ?? '').trim()).toBe(text.trim());
    }),
  );
});

it('keeps a row whose only value is missing, which would be an empty line', () => {
  const yaml =
    'name: a\nitem: row\nfeatures: [{ name: x, kind: number, missing: true }]\nlabel: { name: y, classes: [b, c] }\nfile: a.csv';
  const lone = parseDeclaration(yaml, 'a.yaml');
  const rows = [[1], [null], [2]];
  const written = writeItemsCsv(
    lone,
    rows.map(row => ({ row })),
  );
  expect(readItemsCsv(lone, written)).toMatchObject({ features: rows, problems: [] });
});

it('reads back the items of any data set as they were written', () => {
  const any = arbitraryDataSet().chain(dataSet =>
    fc.tuple(
      fc.constant(dataSet),
      fc.array(
        fc.record({
          row: arbitraryRow(dataSet),
          subject: fc.constantFrom('a', 'b "c"', '=d', '1;2'),
          label: fc.nat({ max: dataSet.label.classes.length - 1 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    ),
  );
  fc.assert(
    fc.property(any, fc.integer({ min: 1, max: 50 }), ([dataSet, items], size) => {
      const text = writeItemsCsv(dataSet, items);
      const reader = new CsvReader(dataSet, { labelled: true });
      const pieces = text.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
      const parts = [...pieces.map(piece => reader.push(piece)), reader.end()];
      expect(parts.flatMap(part => part.problems)).toEqual([]);
      const read = parts.flatMap(part => part.items);
      expect(read.map(({ row, label }) => ({ row, label }))).toEqual(
        items.map(({ row, label }) => ({ row, label })),
      );
    }),
  );
});

describe('a hostile file', () => {
  const header = 'variance,skewness,curtosis,entropy\n';
  const megabytes = 4 * 1024 * 1024;
  const readHostile = (text: string) =>
    readUntrustedCsv(banknotes, text, { most: 10_000, pause: async () => {} });

  it('is left at its first problem', async () => {
    const { problems } = await readHostile(header + 'x\n'.repeat(megabytes / 2));
    expect(problems[0]).toMatchObject({ line: 2 });
    expect(problems.length).toBeLessThan(70_000);
  });

  it('is left when there are more items than are wanted', async () => {
    const { subjects } = await readHostile(header + '1,2,3,4\n'.repeat(500_000));
    expect(subjects.length).toBeGreaterThan(10_000);
    expect(subjects.length).toBeLessThan(20_000);
  });

  it('is not read again and again for quotes that nobody closes', () => {
    const parser = new CsvParser(',');
    const records = parser.push(`${header}1,2,3,4\n${'a","\n'.repeat(megabytes / 5)}`).concat(parser.end());
    expect(records.slice(0, 3)).toEqual([
      expect.objectContaining({ line: 1 }),
      expect.objectContaining({ line: 2 }),
      { line: 3, cells: [], problem: 'A quote is opened and never closed.' },
    ]);
  });

  it('has no line that is longer than any table has', () => {
    const parser = new CsvParser(',');
    expect(parser.push(`1${','.repeat(300_000)}`)).toEqual([
      { line: 1, cells: [], problem: 'The line has more than 262144 characters.' },
    ]);
    expect([...parser.push(',,,\n1,2\n'), ...parser.end()]).toEqual([{ line: 2, cells: ['1', '2'] }]);
  });

  it('has no line of which every cell looks for the end', () => {
    const line = `${'1,'.repeat(120_000)}"x"`;
    expect(new CsvParser(',').push(`${line}\n`)[0]?.cells).toHaveLength(120_001);
  });
});

describe('a file that is older than its declaration', () => {
  const grown = parseDeclaration(
    JSON.stringify({
      name: 'flowers',
      item: 'flower',
      features: [
        { name: 'length', kind: 'number' },
        { name: 'scent', kind: 'number', missing: true },
        { name: 'wild', kind: 'yes-no', fill: true },
      ],
      label: { name: 'kind', classes: ['rose', 'iris'] },
      file: 'flowers.csv',
    }),
    'flowers',
  );
  const read = (text: string, labelled: boolean) => {
    const reader = new CsvReader(grown, { labelled });
    const parts = [reader.push(text), reader.end()];
    return {
      rows: parts.flatMap(({ items }) => items.map(({ row }) => row)),
      problems: parts.flatMap(({ problems }) => problems.map(({ message }) => message)),
    };
  };

  it('has rows with what the declaration says of those from before a feature', () => {
    expect(read('length,kind\n1,rose\n2,iris\n', true)).toEqual({
      rows: [
        [1, null, true],
        [2, null, true],
      ],
      problems: [],
    });
  });

  it('is refused where a name is misspelt, or items come in that must say all', () => {
    expect(read('length,sent,wild,kind\n1,2,yes,rose\n', true).problems[0]).toContain('scent missing');
    expect(read('length\n1\n', false).problems[0]).toContain('scent, wild missing');
  });
});
