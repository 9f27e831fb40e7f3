import fc from 'fast-check';
import { arbitraryDataSet } from './arbitrary.testing.ts';
import { parseDeclaration } from './declaration-file.ts';
import { diffDataSets } from './diff.ts';

const before = `name: flowers
item: flower
features:
  - { name: size, kind: number, min: 1, max: 7, strict: yes }
  - { name: petals, kind: number, integer: yes }
  - { name: colour, kind: category, categories: [blue, red], missing: yes }
label:
  name: species
  classes: [setosa, virginica]
file: flowers.csv
`;
const parsed = parseDeclaration(before, 'before.yaml');

it.each([
  ['file: flowers.csv', 'file: others.csv\ntitle: Flowers', []],
  ['name: flowers', 'name: plants', [{ kind: 'name changed', lacks: 'name: flowers' }]],
  [
    'name: petals',
    'name: leaves, was: petals',
    [{ kind: 'feature renamed', losesData: false, models: 'until the next' }],
  ],
  [
    'name: petals',
    'name: leaves, missing: yes',
    [
      { kind: 'feature added', losesData: false, models: 'until the next' },
      { kind: 'feature removed', losesData: true, models: 'refused' },
    ],
  ],
  [
    'label:',
    '  - { name: wild, kind: yes-no, missing: yes }\nlabel:',
    [{ kind: 'feature added', message: 'wild is new: in stored rows it is missing.' }],
  ],
  [
    'label:',
    '  - { name: wild, kind: yes-no, fill: no }\nlabel:',
    [{ kind: 'feature added', message: 'wild is new: stored rows get false.' }],
  ],
  [
    'label:',
    '  - { name: wild, kind: yes-no }\nlabel:',
    [{ kind: 'feature added', lacks: 'missing: true or fill: VALUE for wild' }],
  ],
  [
    'kind: number, integer: yes',
    'kind: yes-no, fill: yes',
    [{ kind: 'kind changed', losesData: true, models: 'refused' }],
  ],
  ['max: 7', 'max: 9', [{ kind: 'values wider', message: 'size: from 1 to 9, strictly.', losesData: false }]],
  ['max: 7', 'max: 6', [{ kind: 'values narrower', losesData: true }]],
  ['max: 7, strict: yes', 'max: 6', [{ kind: 'values wider', losesData: false }]],
  [
    'integer: yes',
    'missing: yes',
    [{ kind: 'values wider', message: 'petals: may now be missing; not only whole numbers.' }],
  ],
  [
    'blue, red',
    'blue, red, pink',
    [{ kind: 'values wider', message: 'colour: also pink.', models: 'until the next' }],
  ],
  ['blue, red', 'blue', [{ kind: 'values narrower', losesData: true }]],
  ['blue, red]', 'blue], unknown: accept', [{ kind: 'values wider', losesData: false }]],
  ['blue, red', 'red, blue', [{ kind: 'values wider', message: 'colour: its categories reordered.' }]],
  [', missing: yes', '', [{ kind: 'values narrower', losesData: true }]],
  [', missing: yes', ', fill: red', [{ kind: 'values wider', losesData: false }]],
  ['[setosa, virginica]', '[setosa, virginica, versicolor]', [{ kind: 'class added', losesData: false }]],
  [
    '[setosa, virginica]',
    '[new, setosa, virginica]',
    [{ kind: 'class added' }, { kind: 'classes reordered', losesData: false }],
  ],
  ['[setosa, virginica]', '[virginica, setosa]', [{ kind: 'classes reordered' }]],
  [
    '[setosa, virginica]',
    '[setosa, { name: blue flag, was: virginica }]',
    [{ kind: 'class renamed', before: 'virginica', after: 'blue flag' }],
  ],
  [
    '[setosa, virginica]',
    '[setosa, versicolor]',
    [{ kind: 'class added' }, { kind: 'class removed', losesData: true, models: 'refused' }],
  ],
])('says what it means that "%s" becomes "%s"', (old, now, changes) => {
  const after = parseDeclaration(before.replace(old, now), 'after.yaml');
  expect(diffDataSets(parsed, after)).toEqual(changes.map(change => expect.objectContaining(change)));
});

it('sees features that change their places', () => {
  const after = { ...parsed, features: parsed.features.toReversed() };
  expect(diffDataSets(parsed, after)).toEqual([expect.objectContaining({ kind: 'features reordered' })]);
});

it('sees no change where there is none', () => {
  fc.assert(
    fc.property(arbitraryDataSet(), dataSet =>
      expect(diffDataSets(dataSet, structuredClone(dataSet))).toEqual([]),
    ),
  );
});
