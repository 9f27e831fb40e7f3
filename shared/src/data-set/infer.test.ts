import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { shippedDataSets } from '@banknote-loop/testing/data-sets';
import { parseDeclaration } from './declaration-file.ts';
import { toYaml } from './declaration-yaml.ts';
import { checkTable, findDataSet, findDataSets, keepDataSet, listDataSets } from './files.ts';
import { inferDataSet } from './infer.ts';

const folder = mkdtempSync(join(tmpdir(), 'tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileWith(content: string | Buffer, ending = '.csv'): string {
  files += 1;
  const path = join(folder, `table ${files}${ending}`);
  writeFileSync(path, content);
  return path;
}

const rows = (count: number, row: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('');
const simple = `a,b,class\n${rows(20, i => `${i % 7},${i / 4},${'xy'[i % 2]}`)}`;

it('tells kinds, ranges, missing values and what to leave out, and says so', async () => {
  const header = 'id,name,born,price,rooms,colour,garden,remark,city,code,always,class\n';
  const body = rows(100, i =>
    [
      1000 + 3 * i,
      `p${i}`,
      `2024-01-${String((i % 28) + 1).padStart(2, '0')}`,
      i % 9 === 0 ? 'NA' : i / 8,
      (i % 3) + 1,
      ['red', 'green', 'blue'][i % 3],
      i % 2 ? 'yes' : 'no',
      `"so, it is number ${i}"`,
      i === 50 ? 'rare' : 'ab'[i % 2],
      i % 5 ? i % 4 : 'A',
      7,
      i % 4 ? 'low' : 'high',
    ].join(','),
  );
  const { dataSet, notes, rows: count } = await inferDataSet(fileWith(header + body), { name: 'flats' });
  expect(count).toBe(100);
  expect(dataSet.features).toMatchObject([
    { name: 'price', kind: 'number', integer: false, min: 0.125, max: 12.25, missing: true, example: 0.125 },
    { name: 'rooms', kind: 'number', integer: true, min: 1, max: 3, missing: false },
    { name: 'colour', kind: 'category', categories: ['blue', 'green', 'red'], unknown: 'refuse' },
    { name: 'garden', kind: 'yes-no' },
    { name: 'city', kind: 'category', categories: ['a', 'b', 'rare'], unknown: 'accept' },
    { name: 'code', kind: 'category', categories: ['0', '1', '2', '3', 'A'] },
  ]);
  expect(dataSet.label).toMatchObject({ name: 'class', classes: [{ name: 'high' }, { name: 'low' }] });
  expect(notes).toEqual([
    'The label is "class", by its name; --label takes another.',
    '"id": left out (an id: every row has another one).',
    '"name": left out (every row has another value, as an id or a name).',
    '"born": left out (dates: add what matters of them, such as the year or the weekday, as columns).',
    '"price": "NA" read as missing.',
    '"rooms": taken for numbers, but so few of them may be codes: if they are, write kind: category.',
    '"remark": left out (free text).',
    '"city": some of its values occur once, so others are expected: unknown: accept.',
    '"code": mixes numbers and text, such as "A" in line 2.',
    '"always": left out (always 7).',
  ]);
});

it.each([
  ['', /is empty\.$/],
  [' \n\n', /is empty\.$/],
  ['a,b,class\n', /line 1 is a header, and no row follows\.$/],
  ['a,a,class\n1,2,x\n', /columns 1 and 2 are both called "a": rename one\.$/],
  ['a,A ,class\n1,2,x\n', /columns 1 and 2 are called "a" and "A": rename one\.$/],
  ['class\nx\ny\nx\ny\n', /beside "class" there is no column to tell it from\./],
  [
    `class,b\n${rows(20, i => `${'xy'[i % 2]?.repeat(101)},${i}`)}`,
    /"class" has values of more than 100 char/,
  ],
  ['a,class\n1,x\n2,x\n', /"class" has only one class, "x": rows of another one are needed/],
  [`${simple}1,1,z\n`, /"class" has the class "z" in one row only \(line 22\): a class needs two rows/],
  [
    'a,class\n1,x\n2\n3,y\n4,x\n',
    /"y" in one row only.+\n- Line 3 is left out: The line has 1 cells, where the first has 2\.$/s,
  ],
  ['a,b\n1\n2\n3\n4,5\n', /most lines cannot be read\. Line 2: The line has 1 cells/],
  [
    `class,b\n${rows(300, i => `${i / 7},1`)}`,
    /"class" has 300 different numbers: cut it into classes first/,
  ],
  [
    `class,b\n${rows(10_000, i => `c${i >> 1},${i}`)}`,
    /"class" has more than 1000 different values: at most 200 classes/,
  ],
  [
    `a,class\n${rows(9, i => `5,${'xy'[i % 2]}`)}`,
    /beside "class" there is no column to tell it from\.\n.*"a": left out \(always 5\)/s,
  ],
  [
    `colour,size,shape\n${rows(20, i => `${'rg'[i % 2]},${i},${'st'[i % 2]}`)}`,
    /which column is to be told\? Say so by one of\n {2}--label "shape" {2}s \(10\), t \(10\)\n {2}--label "colour"/,
  ],
  [`My table,,\n${simple}`, /line 1 names 1 of 3 columns: the first line must name them all\. Take titles/],
  [`# of yesterday\n# by me\n${simple}`, /line 1 names 1 of 3 columns/],
  [`sep=;\n${simple.replaceAll(',', ';')}`, /line 1 names 1 of 3 columns/],
  [simple.replaceAll(',', ' '), /there is one column only\. Cells are separated by commas, semicolons, tabs/],
  [simple.replaceAll('x\n', 'None\n'), /"None" is read as missing: if it is a class/],
  [
    simple.replace(/x\n/, 'X\n').replace(/x\n/, 'X\n'),
    /"class" has "X" \(line 2\) and "x" \(line 6\), which differ in capitals alone: write them alike\.$/m,
  ],
  ['[{"a": 1, "class": "x"}]', /is JSON: export it as CSV, with a line for each row\.$/],
  ['<!DOCTYPE html><p>1</p>', /is a page or XML: export its table as CSV\.$/],
  [Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /is in UTF-32: save it as CSV in UTF-8\.$/],
  [Buffer.from('PK\u0003\u0004....'), /is a spreadsheet or another archive: save it as CSV\.$/],
  [Buffer.from([1, 0, 2, 0]), /is no text: save the table as CSV in UTF-8\.$/],
])('refuses a bad file with one clear message, number %#', async (content, message) => {
  await expect(inferDataSet(fileWith(content))).rejects.toThrow(message);
});

it('takes a column without a header by its place, here and when rows are read', async () => {
  const { dataSet } = await inferDataSet(
    fileWith(`a,,class\n${rows(20, i => `${i % 7},${i / 4},${'xy'[i % 2]}`)}`),
  );
  expect(dataSet.features.map(({ csv }) => csv)).toEqual(['a', 'column 2']);
  const { rows: read, problems } = await checkTable({ dataSet, path: '', csv: dataSet.file });
  expect({ read, problems }).toEqual({ read: 20, problems: [] });
});

it('leaves a column out that holds one endless cell, and says why', async () => {
  const path = fileWith(
    `a,b,class\n${rows(40, i => `${i % 7},${i % 5},${'xy'[i % 2]}`)}1,${'9'.repeat(2_000)},x\n`,
  );
  const { notes } = await inferDataSet(path);
  expect(notes.join('\n')).toMatch(
    /"b": left out \(mixes numbers and text: 1 of .+ the first "9{100}…" in line 42\./,
  );
});

it('says that a file cannot be unpacked', async () => {
  const packed = gzipSync(simple);
  for (const content of [packed.subarray(0, packed.length - 12), simple])
    await expect(inferDataSet(fileWith(content, '.csv.gz'))).rejects.toThrow(/\.csv\.gz cannot be unpacked/);
});

it('says how numbers are to be written that people would take for numbers', async () => {
  const header = 'pay,share,price,a,class\n';
  const body = rows(40, i => `"${i + 1},${100 + i}",${i} %,"${i},5",${i / 4},${'xy'[i % 2]}`);
  const { dataSet, notes } = await inferDataSet(fileWith(header + body));
  expect(dataSet.features.map(({ name }) => name)).toEqual(['a']);
  expect(notes.filter(note => note.includes('write them without separated thousands'))).toHaveLength(3);
  expect(notes.join('\n')).toContain('"pay": left out (numbers such as "1,100" in line 2: write them');
});

it('doubts a point where commas separate decimals, and may separate thousands', async () => {
  const text = `a;b;class\n${rows(40, i => `${i + 1}.${100 + i};${i},5;${'xy'[i % 2]}`)}`;
  const { notes } = await inferDataSet(fileWith(text));
  expect(notes).toContain(
    '"a": a point in them is read as that before decimals; if it separates thousands, take it out.',
  );
});

it('takes for the label the one of two usual names that can be one', async () => {
  const text = `x,y,class\n${rows(40, i => `${i / 3},${i / 7},${'ab'[i % 2]}`)}`;
  expect((await inferDataSet(fileWith(text))).dataSet.label.name).toBe('class');
});

it('tells what is wrong with the column that must be meant, beside a coordinate that only has a usual name', async () => {
  const text = `x,y,class\n${rows(40, i => `${i / 3},${i / 7},${i === 9 ? 'lone' : 'ab'[i % 2]}`)}`;
  await expect(inferDataSet(fileWith(text))).rejects.toThrow(
    /: "class" has the class "lone" in one row only/,
  );
});

it('asks for the label, and takes none, where the column of a usual name holds amounts', async () => {
  const text = `x,y,churned\n${rows(40, i => `${i / 3},${i / 7},${i % 2 ? 'Yes' : 'No'}`)}`;
  await expect(inferDataSet(fileWith(text))).rejects.toThrow(
    /which column is to be told\? Say so by one of\n {2}--label "churned" {2}No \(20\), Yes \(20\)\n"y" has 40 different numbers/,
  );
});

it('says which word of the label it took for missing', async () => {
  const text = `a,class\n${rows(60, i => `${i / 3},${['NaN', 'low', 'high'][i % 3]}`)}`;
  const { notes } = await inferDataSet(fileWith(text));
  expect(notes).toContain(
    '20 rows have no "class": left out. "NaN" is read as missing: if it is a class, call it otherwise.',
  );
});

it('doubts whole numbers that are too large to be told apart', async () => {
  const text = `account,a,class\n${rows(40, i => `${2n ** 53n + 7n * BigInt(i)},${i / 3},${'xy'[i % 2]}`)}`;
  const { notes } = await inferDataSet(fileWith(text));
  expect(notes.join('\n')).toContain(
    '"account": whole numbers beyond 9007199254740991, which lose their last digits: if they are ids, leave the column out.',
  );
});

it('shows a value of several lines on one', async () => {
  const text = `a,b,class\n${rows(40, i => `${i / 3},"${i % 2 ? 'one\n  two' : 'three'}",${'xy'[(i % 4) >> 1]}`)}`;
  expect((await inferDataSet(fileWith(text))).table).toContain('2: one two, three');
});

it('refuses what is no file, and a label that is no column', async () => {
  await expect(inferDataSet(join(folder, 'none.csv'))).rejects.toThrow(/^There is no file /);
  await expect(inferDataSet(folder)).rejects.toThrow('is a folder: name the CSV file in it.');
  await expect(inferDataSet(fileWith(simple), { label: 'clas' })).rejects.toThrow(
    'there is no column "clas". Did you mean "class"?',
  );
});

it.each([
  [
    'a byte order mark, semicolons, decimal commas and line ends of Windows',
    `\uFEFF${simple.replace(/\./g, ';').replace(/,/g, '|').replace(/;/g, ',').replace(/\|/g, ';').replace(/\n/g, '\r\n')}`,
    '.csv',
  ],
  ['tabs', simple.replaceAll(',', '\t'), '.tsv'],
  ['UTF-16', Buffer.from(`\uFEFF${simple}`, 'utf16le'), '.csv'],
  ['gzip', gzipSync(simple), '.csv.gz'],
])('reads a file with %s', async (_, content, ending) => {
  const { dataSet } = await inferDataSet(fileWith(content, ending));
  expect(dataSet.features).toMatchObject([
    { name: 'a', min: 0, max: 6, integer: true },
    { name: 'b', min: 0, max: 4.75, integer: false },
  ]);
  expect(dataSet.label.classes).toHaveLength(2);
  const { rows, problems } = await checkTable({ dataSet, path: '', csv: dataSet.file });
  expect({ rows, problems }).toEqual({ rows: 20, problems: [] });
});

it('reads what Windows used to write, and warns with the line', async () => {
  const { dataSet, notes } = await inferDataSet(
    fileWith(Buffer.from(simple.replaceAll('x', 'grün'), 'latin1')),
  );
  expect(dataSet.label.classes.map(({ name }) => name)).toEqual(['grün', 'y']);
  expect(notes[0]).toMatch(/is not in UTF-8 from line 2 on: it is read as Windows-1252\.$/);
});

it('cuts no character in two where a piece of the file ends', async () => {
  const long = `a,class\n${rows(200_000, i => `${i % 3},${'öä'[i % 2]}`)}`;
  const { dataSet, notes } = await inferDataSet(fileWith(long));
  expect(dataSet.label.classes.map(({ name }) => name)).toEqual(['ä', 'ö']);
  expect(notes.filter(note => note.includes('UTF-8'))).toEqual([]);
});

it('takes a first line of values for data, and names of columns that are numbers for a header', async () => {
  const body = rows(20, i => `${i % 7},${i / 4},${'xy'[i % 2]}`);
  const { dataSet, notes } = await inferDataSet(fileWith(body));
  expect(dataSet.features.map(({ csv }) => csv)).toEqual(['column 1', 'column 2']);
  expect(notes[0]).toBe('The first line is taken for data: there is no header.');
  expect((await checkTable({ dataSet, path: '', csv: dataSet.file })).rows).toBe(20);
  const numbered = await inferDataSet(fileWith(`0,1,2\n${body}`));
  expect(numbered.dataSet.features.map(({ csv }) => csv)).toEqual(['0', '1']);
});

it.each(shippedDataSets)('understands the table of %s without its declaration', async name => {
  const shipped = findDataSet(name);
  const table = await checkTable(shipped);
  expect(table.problems).toEqual([]);
  expect(table.classes.every(count => count > 20)).toBe(true);
  const { dataSet, rows: count } = await inferDataSet(shipped.csv, { label: shipped.dataSet.label.csv });
  expect(count).toBe(table.rows);
  expect(dataSet.features.map(({ kind }) => kind)).toEqual(shipped.dataSet.features.map(({ kind }) => kind));
  expect(dataSet.label.classes.map(({ csv }) => csv)).toEqual(
    shipped.dataSet.label.classes.map(({ csv }) => csv),
  );
  expect(parseDeclaration(toYaml(dataSet), 'inferred.yaml')).toEqual(dataSet);
  expect((await checkTable({ ...shipped, dataSet })).problems).toEqual([]);
  expect(shipped.dataSet.source.licence).toMatch(/^CC/);
});

it('keeps a declaration where it is found again, and loses no other', async () => {
  const home = join(folder, 'kept');
  const { dataSet, notes } = await inferDataSet(fileWith(simple), { name: 'mine' });
  const kept = await keepDataSet(dataSet, { remarks: notes, folder: home });
  expect(findDataSet('mine', home)).toEqual(kept);
  expect(listDataSets(home)).toEqual(['mine']);
  expect((await checkTable(kept)).rows).toBe(20);
  await keepDataSet(dataSet, { remarks: notes, folder: home });
  await expect(keepDataSet({ ...dataSet, title: 'Other' }, { folder: home })).rejects.toThrow(
    'is there already',
  );
  expect(readFileSync(kept.path, 'utf8')).toContain('title: table');
  await keepDataSet({ ...dataSet, title: 'Other' }, { folder: home, overwrite: true });
  expect(findDataSet('mine', home).dataSet.title).toBe('Other');
  expect(() => findDataSet('mien', home)).toThrow('There is no data set "mien". Did you mean "mine"?');
  mkdirSync(join(home, 'broken'));
  writeFileSync(join(home, 'broken/data-set.yaml'), 'name: broken\n');
  const { found, problems } = findDataSets(home);
  expect(found.map(one => one.dataSet.name)).toEqual(['mine']);
  expect(problems).toEqual([expect.stringMatching(/broken\/data-set\.yaml:1: item is missing/)]);
});
