import { classNames } from '../contract/classes.ts';
import type { DataSet, Feature } from '../data-set/declaration.ts';
import { placesOfClasses } from '../data-set/descent.ts';
import { type Change, diffDataSets } from '../data-set/diff.ts';
import { columnTypes, hashOf, hasTwoClasses, literal } from './features.ts';
import { layoutsAfter } from './layout.ts';
import { declarationOf, hashDefinition, labelList, numberList } from './tables/declared.ts';
import { hashIndexes } from './tables/training.ts';

// What a changed declaration does to tables that have rows in them.

/** The statements that turn the tables of one declaration into those of another, for one transaction. */
export function changeTables(before: DataSet, after: DataSet): string {
  const changes = diffDataSets(before, after);
  const hashChanges = hashOf(before) !== hashOf(after);
  return [
    ...(hashChanges ? ['alter table training drop column note_hash'] : []),
    ...dropMisfits(changes),
    ...changeColumns(changes),
    ...(classNames(before).join('\n') === classNames(after).join('\n') ? [] : changeClasses(before, after)),
    ...(hashChanges ? [`alter table training add column ${hashDefinition(after)}`, hashIndexes] : []),
    `update data_set set declaration = ${declarationOf(after)}, version = version + 1, applied = now(),
      layouts = array[${layoutsAfter(before, after).map(literal).join(', ')}]`,
  ].join(';\n');
}

const tables = ['predictions', 'training'] as const;

/** Removes rows with values that no longer fit. A batch goes as a whole: nobody could make sense of half of one. */
function dropMisfits(changes: readonly Change[]): string[] {
  return changes.flatMap(change => {
    if (change.kind !== 'values narrower') return [];
    // The value still stands under the name of before, and may be missing without becoming a misfit.
    const misfit = `not (${fitting(change.after, change.before.column)})`;
    return [
      `delete from training where ${misfit}`,
      `delete from predictions where batch_id in (select batch_id from predictions where ${misfit})`,
    ];
  });
}

function fitting(feature: Feature, column: string): string {
  const conditions = [...fittingValues(feature, column)];
  const present = conditions.length > 0 ? conditions.join(' and ') : 'true';
  return feature.missing || feature.fill !== undefined
    ? `${column} is null or (${present})`
    : `${column} is not null and (${present})`;
}

function* fittingValues(feature: Feature, column: string): Generator<string> {
  if (feature.kind === 'number') {
    if (feature.integer) yield `${column} = floor(${column})`;
    if (feature.strict && feature.min !== undefined) yield `${column} >= ${feature.min}`;
    if (feature.strict && feature.max !== undefined) yield `${column} <= ${feature.max}`;
  }
  if (feature.kind === 'category' && feature.unknown === 'refuse')
    yield `${column} in (${feature.categories.map(literal).join(', ')})`;
}

function changeColumns(changes: readonly Change[]): string[] {
  const dropped = changes.flatMap(change =>
    change.kind === 'feature removed'
      ? [change.feature.column]
      : change.kind === 'kind changed'
        ? [change.before.column]
        : [],
  );
  const added = changes.flatMap(change =>
    change.kind === 'feature added' ? [change.feature] : change.kind === 'kind changed' ? [change.after] : [],
  );
  const renamed = changes.flatMap(change =>
    change.kind === 'feature renamed' &&
    change.before.kind === change.after.kind &&
    change.before.column !== change.after.column
      ? [change]
      : [],
  );
  return tables.flatMap(table => [
    ...dropped.map(column => `alter table ${table} drop column ${column}`),
    // Two features may change names with each other.
    ...renamed.map(
      ({ before }, i) => `alter table ${table} rename column ${before.column} to "renamed ${i}"`,
    ),
    ...renamed.map(({ after }, i) => `alter table ${table} rename column "renamed ${i}" to ${after.column}`),
    ...added.flatMap(feature => addColumn(table, feature)),
    ...changes.flatMap(change => changeMissing(table, change)),
  ]);
}

function addColumn(table: string, feature: Feature): string[] {
  const { column, kind, missing, fill } = feature;
  const rule = missing ? '' : ' not null';
  const start = fill === undefined ? '' : ` default ${spelled(fill)}`;
  return [
    `alter table ${table} add column ${column} ${columnTypes[kind]}${rule}${start}`,
    ...(fill === undefined ? [] : [`alter table ${table} alter column ${column} drop default`]),
  ];
}

function changeMissing(table: string, change: Change): string[] {
  if (change.kind !== 'values wider' && change.kind !== 'values narrower') return [];
  const { before, after } = change;
  if (before.missing === after.missing) return [];
  const column = `alter table ${table} alter column ${after.column}`;
  if (after.missing) return [`${column} drop not null`];
  // Said by both where some values are wider and others narrower; the second time it does nothing.
  const filled =
    after.fill === undefined
      ? []
      : [`update ${table} set ${after.column} = ${spelled(after.fill)} where ${after.column} is null`];
  return [...filled, `${column} set not null`];
}

function spelled(value: number | string | boolean): string {
  return typeof value === 'string' ? literal(value) : String(value);
}

function changeClasses(before: DataSet, after: DataSet): string[] {
  const places = newPlaces(before, after);
  const names = classNames(after);
  const renamed = classNames(before).map((name, number) => [name, names[places[number] ?? -1]] as const);
  const gone = renamed.flatMap(([name, now]) => (now === undefined ? [literal(name)] : []));
  const nameNow = (column: string): string =>
    `case ${column} ${renamed.map(([name, now]) => `when ${literal(name)} then ${now === undefined ? 'null' : literal(now)}`).join(' ')} end`;
  const numberNow = places.map((place, number) => `when ${number} then ${place ?? 'null'}`).join(' ');
  return [
    'alter table predictions drop constraint predictions_prediction_check, drop constraint predictions_true_label_check',
    'alter table training drop constraint training_class_check',
    ...sayWhatWrongMeant(before, after),
    ...(gone.length === 0
      ? []
      : [
          `delete from training where ${nameOfNumber(before)} in (${gone.join(', ')})`,
          `delete from predictions where batch_id in (select batch_id from predictions where prediction in (${gone.join(', ')}))`,
        ]),
    `update training set class = (case class ${numberNow} end)::smallint`,
    `update words set class = (case class ${numberNow} end)::smallint`,
    `update predictions set prediction = ${nameNow('prediction')}, true_label = ${nameNow('true_label')}, ${answersNow(before, after, places)}`,
    `alter table predictions
      add constraint predictions_prediction_check check (prediction in (${labelList(after)})),
      add constraint predictions_true_label_check check (true_label in (${labelList(after)}))`,
    `alter table training add constraint training_class_check check (class in (${numberList(after)}))`,
  ];
}

function nameOfNumber(dataSet: DataSet): string {
  return `(array[${labelList(dataSet)}])[class + 1]`;
}

/** The number that each class of before has now. */
function newPlaces(before: DataSet, after: DataSet): (number | undefined)[] {
  return placesOfClasses(after, classNames(before)).map(place => (place < 0 ? undefined : place));
}

/** Of two classes "wrong" means the other one; among more it would not say which, nor the other way round. */
function sayWhatWrongMeant(before: DataSet, after: DataSet): string[] {
  if (hasTwoClasses(before) === hasTwoClasses(after)) return [];
  const unsaid = 'where not is_correct and true_label is null';
  if (!hasTwoClasses(before)) return [`update predictions set is_correct = null ${unsaid}`];
  const [first = '', second = ''] = classNames(before).map(literal);
  return [
    `update predictions set true_label = case prediction when ${first} then ${second} else ${first} end ${unsaid}`,
  ];
}

/** What models said, for the classes of now; a class that they did not know has the probability 0. */
function answersNow(before: DataSet, after: DataSet, places: readonly (number | undefined)[]): string {
  const known = hasTwoClasses(before)
    ? ['1 - score', 'score']
    : places.map((_, i) => `probabilities[${i + 1}]`);
  const now = after.label.classes.map((_, place) => known[places.indexOf(place)] ?? '0');
  if (hasTwoClasses(after)) return `score = ${now[1]}, probabilities = null`;
  const given = hasTwoClasses(before) ? 'score' : 'probabilities';
  return `score = null, probabilities = case when ${given} is not null then array[${now.join(', ')}]::float8[] end`;
}
