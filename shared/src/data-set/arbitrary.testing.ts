import fc from 'fast-check';
import { alike, type DataSet, type Feature } from './declaration.ts';
import { checkDeclaration } from './declaration-check.ts';
import type { Row, Value } from './row.ts';

// Any data set and any row of it, for properties that must hold for all of them.

/** Words as people and spreadsheets write them: capitals, accents, words of SQL, signs that CSV and YAML know. */
const word = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_ ().-]{0,20}$/) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'select',
      'class',
      'id',
      'Größe',
      'Ångström',
      '年',
      'a,b',
      '=1+1',
      'a "b"',
      'yes',
      '2nd',
      '1.0',
    ),
  },
);
const name = word
  .map(text => text.trim())
  .filter(text => text !== '' && isText(text) && !isMissingWord(text));

function isText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}|\p{Zl}|\p{Zp}/u.test(text) && text.length <= 80;
}

/** What CSV files write where nothing is known. */
function isMissingWord(text: string): boolean {
  return /^(na|n\/a|nan|null|none|\?|-|\.)$/i.test(text);
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0);
const whole = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const names = (minLength: number, maxLength: number) =>
  fc.uniqueArray(name, { minLength, maxLength, selector: alike });

const range = (bound: fc.Arbitrary<number>) =>
  fc.tuple(bound, bound).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
const common = fc.record({ missing: fc.boolean(), hint: name }, { requiredKeys: [] });
const number = fc
  .boolean()
  .chain(integer =>
    fc.tuple(
      fc.constant({ kind: 'number', integer }),
      fc.option(range(integer ? whole : finite), { nil: {} }),
      fc.boolean(),
    ),
  )
  .map(([kind, limits, strict]) => ({ ...kind, ...limits, strict }));
const category = fc.record({
  kind: fc.constant('category'),
  categories: fc.uniqueArray(name, { minLength: 1, maxLength: 6 }),
  unknown: fc.constantFrom('refuse', 'accept'),
});
const yesNo = fc.record({ kind: fc.constant('yes-no'), example: fc.boolean() });
const kind = fc.oneof(number, category, yesNo);

/** Any checked declaration of up to twelve features and up to six classes. */
export function arbitraryDataSet(): fc.Arbitrary<DataSet> {
  return names(2, 13)
    .chain(([label = 'label', ...features]) =>
      fc.record(
        {
          name: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
          title: name,
          item: fc.constantFrom('row', 'note', 'wine'),
          question: name,
          features: fc.tuple(
            ...features.map(one => fc.tuple(common, kind).map(([a, b]) => ({ ...a, ...b, name: one }))),
          ),
          label: names(2, 6).map(classes => ({ name: label, classes })),
          file: fc.constant('rows.csv'),
          header: fc.boolean(),
          balance: fc.boolean(),
          floor: fc.record(
            { accuracy: fc.double({ min: 0, max: 1, noNaN: true }), recall: fc.constantFrom(0, 0.9, 1) },
            { requiredKeys: [] },
          ),
          source: fc.record({ title: name, licence: name }, { requiredKeys: [] }),
        },
        { requiredKeys: ['name', 'item', 'features', 'label', 'file'] },
      ),
    )
    .map(value => {
      const { dataSet, problems } = checkDeclaration(value);
      if (!dataSet) throw new Error(JSON.stringify({ problems, value }));
      return dataSet;
    });
}

/** Any row that the declaration allows, missing values and categories that it does not list among them. */
export function arbitraryRow({ features }: DataSet): fc.Arbitrary<Row> {
  return fc.tuple(...features.map(arbitraryValue));
}

function arbitraryValue(feature: Feature): fc.Arbitrary<Value> {
  const value = presentValue(feature);
  return feature.missing ? fc.option(value, { nil: null, freq: 4 }) : value;
}

function presentValue(feature: Feature): fc.Arbitrary<Value> {
  switch (feature.kind) {
    case 'number': {
      const { min = -1e9, max = 1e9, integer } = feature;
      const within = integer ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
      return (feature.strict ? within : fc.oneof(within, integer ? whole : finite)).map(number => number + 0);
    }
    case 'category': {
      const known = fc.constantFrom(...feature.categories);
      return feature.unknown === 'accept' ? fc.oneof(known, name) : known;
    }
    case 'yes-no':
      return fc.boolean();
  }
}
