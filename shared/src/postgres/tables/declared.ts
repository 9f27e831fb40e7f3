import { classNames } from '../../contract/classes.ts';
import type { DataSet, Feature } from '../../data-set/declaration.ts';
import { columnTypes, hashOf, literal } from '../features.ts';

// What follows in the tables from the declaration of the data set.

export function declarationOf(dataSet: DataSet): string {
  return literal(JSON.stringify(dataSet, undefined, 2));
}

export function labelList(dataSet: DataSet): string {
  return classNames(dataSet).map(literal).join(', ');
}

export function numberList({ label }: DataSet): string {
  return label.classes.map((_, number) => number).join(', ');
}

export function hashDefinition(dataSet: DataSet): string {
  return `note_hash       bytea            not null generated always as (
    ${hashOf(dataSet)}
  ) stored`;
}

/** Values of one width first: PostgreSQL fills up the room before a number that follows a text. */
const inOrderOfWidth: readonly Feature['kind'][] = ['number', 'yes-no', 'category'];

export function featureDefinitions(dataSet: DataSet): string {
  return inOrderOfWidth
    .flatMap(kind => dataSet.features.filter(feature => feature.kind === kind))
    .map(({ column, kind, missing }) => {
      const type = columnTypes[kind];
      return `  ${column.padEnd(15)} ${missing ? type : `${type.padEnd(16)} not null`},`;
    })
    .join('\n');
}
