import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { arbitraryDataSet } from './arbitrary.testing.ts';
import { columnNames, columnProblem } from './column-names.ts';
import { parseDeclaration } from './declaration-file.ts';
import { toYaml } from './declaration-yaml.ts';

const read = (yaml: string) => () => parseDeclaration(yaml, 'my.yaml');
const iris = `name: iris
item: flower
features:
  - { name: petal length, kind: number, min: 1, max: 7 }
  - { name: colour, kind: category, categories: [blue, 1.0, no], unknown: accept }
  - { name: wild, kind: yes-no, missing: yes, example: no }
label:
  name: species
  classes: [setosa, { name: virginica, csv: 2.0 }]
file: iris.csv
`;

it('fills in what a declaration leaves open', () => {
  expect(parseDeclaration(iris, 'my.yaml')).toEqual({
    name: 'iris',
    title: 'iris',
    item: 'flower',
    items: 'flowers',
    question: 'Which species is it?',
    features: [
      {
        kind: 'number',
        name: 'petal length',
        column: 'petal_length',
        csv: 'petal length',
        missing: false,
        integer: false,
        strict: false,
        min: 1,
        max: 7,
        example: 4,
      },
      {
        kind: 'category',
        name: 'colour',
        column: 'colour',
        csv: 'colour',
        missing: false,
        categories: ['blue', '1.0', 'no'],
        unknown: 'accept',
        example: 'blue',
      },
      { kind: 'yes-no', name: 'wild', column: 'wild', csv: 'wild', missing: true, example: false },
    ],
    label: {
      name: 'species',
      csv: 'species',
      classes: [
        { name: 'setosa', csv: 'setosa' },
        { name: 'virginica', csv: '2.0' },
      ],
    },
    file: 'iris.csv',
    header: true,
    balance: false,
    floor: {},
    source: {},
  });
});

it.each([
  [
    'kind: number',
    'kind: nubmer',
    'my.yaml:4: features[1].kind "nubmer" is no kind: number, category, yes-no. Did you mean "number"?',
  ],
  ['name: iris', 'name: Iris!', 'my.yaml:1: name must be small letters'],
  ['item: flower', 'itme: flower', 'my.yaml:2: itme is not known here. Did you mean "item"?'],
  ['item: flower\n', '', 'my.yaml:1: item is missing.'],
  ['min: 1', 'min: 9', 'my.yaml:4: features[1].min 9 is greater than max, which is 7.'],
  ['min: 1', 'min: a few', 'my.yaml:4: features[1].min must be a number.'],
  ['min: 1', 'unknown: accept', 'my.yaml:4: features[1].unknown is only for kind: category.'],
  ['unknown: accept', 'unknown: acept', 'Did you mean "accept"?'],
  [
    'name: wild',
    'name: Colour',
    'my.yaml:6: features[3].name "Colour" stands there twice, as number 2 already.',
  ],
  ['name: wild', 'name: wild, column: select', 'my.yaml:6: features[3].column "select" is a word that SQL'],
  ['name: wild', 'name: wild, column: colour', '"colour" is the name of feature 2.'],
  [
    'name: wild',
    'name: wild, was: colour',
    'my.yaml:6: features[3].was "colour" is what number 2 is called: leave it out if this has been renamed before',
  ],
  [
    '{ name: virginica, csv: 2.0 }',
    '{ name: virginica, csv: 2.0, was: setosa }',
    'label.classes[2].was "setosa" is what number 1 is called',
  ],
  ['name: wild', 'name: Species', 'my.yaml:6: features[3] is the label itself'],
  [
    'name: colour',
    'name: colour, example: bleu',
    'example "bleu" is none of its categories. Did you mean "blue"?',
  ],
  ['[blue, 1.0, no]', '[blue, blue]', 'my.yaml:5: features[2].categories[2] "blue" stands there twice'],
  ['[blue, 1.0, no]', '[]', 'features[2].categories must list at least one value.'],
  [
    '[setosa, { name: virginica, csv: 2.0 }]',
    '[setosa]',
    'my.yaml:9: label.classes must list at least two classes.',
  ],
  [
    '[blue, 1.0, no]',
    `[${Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(', ')}]`,
    'can have at most 1000 values',
  ],
  [
    'features:\n',
    `features:\n${Array.from({ length: 962 }, (_, i) => `  - { name: f${i}, kind: number }\n`).join('')}`,
    "features take up to 7729 bytes of a row, and a row of PostgreSQL's has room for 7700: 8 for each number",
  ],
  ['file: iris.csv', 'file: iris.csv\nsource: { url: here }', 'my.yaml:11: source.url must be an address'],
])('says where "%s" has become wrong', (right, wrong, message) => {
  expect(read(iris.replace(right, wrong))).toThrow(message);
});

it('says all that is wrong at once, a line each', () => {
  expect(read(iris.replace('min: 1', 'min: x').replace('item:', 'itme:'))).toThrow(
    /^my.yaml:1: .+\nmy.yaml:2: .+\nmy.yaml:4: .+$/,
  );
});

it.each([
  ['', 'my.yaml:1: The file is empty.'],
  ['- name: x', 'my.yaml:1: There are no keys.'],
  ['name: a\nname: b', 'my.yaml:2: Map keys must be unique.'],
  ['name: "a', 'my.yaml:1: '],
])('refuses %j, which is no declaration', (yaml, message) => {
  expect(read(yaml)).toThrow(message);
});

it('comes back from its own YAML as it was, and from JSON', () => {
  fc.assert(
    fc.property(arbitraryDataSet(), dataSet => {
      expect(parseDeclaration(toYaml(dataSet, ['A remark:\nwith # signs']), 'my.yaml')).toEqual(dataSet);
      expect(JSON.parse(JSON.stringify(dataSet))).toEqual(dataSet);
    }),
  );
});

it('declares banknotes as other programs know them', () => {
  const file = join(import.meta.dirname, '../../../data-sets/banknotes/data-set.yaml');
  const { features, label, item } = parseDeclaration(readFileSync(file, 'utf8'), file);
  expect(features.map(({ column }) => column)).toEqual(['variance', 'skewness', 'curtosis', 'entropy']);
  expect(features.every(({ kind, missing }) => kind === 'number' && !missing)).toBe(true);
  expect(label).toMatchObject({
    csv: 'class',
    classes: [
      { name: 'fake', csv: '0' },
      { name: 'real', csv: '1' },
    ],
  });
  expect(item).toBe('note');
});

describe('names of columns', () => {
  it.each([
    ['Größe (mm)', 'grosse_mm'],
    ['Ångström', 'angstrom'],
    ['od280/od315_of_diluted_wines', 'od280_od315_of_diluted_wines'],
    ['2nd floor', 'f_2nd_floor'],
    ['年', 'f1'],
    ['select', 'select_value'],
    ['class', 'class_value'],
    ['batch_id', 'batch_id_value'],
    ['constructor', 'constructor_value'],
    ['__proto__', 'proto'],
    ['share %', 'share_percent'],
  ])('calls %s %s', (name, column) => {
    expect(columnNames([{ name }])).toEqual([column]);
  });

  it('lets names that fit be, whichever stands first', () => {
    expect(columnNames([{ name: 'a b' }, { name: 'a-b' }, { name: 'a_b' }])).toEqual([
      'a_b_2',
      'a_b_3',
      'a_b',
    ]);
    expect(columnNames([{ name: 'a' }, { name: 'b', column: 'a' }])).toEqual(['a_2', 'a']);
  });

  it('are safe, at most 63 characters long and never the same, for any names', () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('a', 'A', 'a ', 'x'.repeat(90), 'end', 'y'.repeat(64)),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 40 }), names => {
        const columns = columnNames(names.map(one => ({ name: one })));
        expect(columns.map(columnProblem)).toEqual(names.map(() => undefined));
        expect(new Set(columns).size).toBe(names.length);
      }),
    );
  });
});
