import { csvLine, type Value } from '@banknote-loop/shared/data-set';
import { type Random, seededRandom } from '@banknote-loop/shared/learning';

// A table whose words stand for something else to SQL, Redis, JavaScript, CSV, HTML, addresses or the loop itself.

const longName = 'a name that is longer than PostgreSQL allows, which cuts it off at 63 bytes, the same for';

export const hostileNames = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'then', 'length'],
  ...['select', 'user', 'order', 'table', 'ctid', 'null', 'limit', 'end'],
  ...['class', 'label', 'role', 'doubt', 'position', 'prediction', 'is_correct', 'created'],
  ...['subject', 'batch_id', 'features', 'look again', 'explain', 'nearest change', 'record', 'wait'],
  ...['FLUSHALL', 'batches', 'model:latest', 'EVAL'],
  ...['Größe', '年齢', '身長', '😀', 'Ångström (nm)', 'naïve', 'naive'],
  ...['a b', 'a-b', 'a_b', `${longName} one`, `${longName} two`, 'é'.repeat(40)],
  ...["it's", 'a "b"', 'a,b', 'a;b', 'back\\slash', '$1', '%', '=1+1', '@cmd', '<b>bold</b>', '1', 'f1', '-'],
] as const;

export const hostileClasses = [
  ...['__proto__', 'constructor', '=1+1', 'a, b "c"', 'Größe 年', "O'Neil'); drop table training; --", '7'],
] as const;

const hostileCategories = [
  ...['__proto__', 'toString', '-', "it's", 'a,b', 'a "b"', '年', '=1+1', 'null and void', 'ß', '1e3', '{}'],
] as const;

export const hostileLabel = 'what it is';

export interface HostileTable {
  readonly header: readonly string[];
  /** In the order of the header, the label's column among them. */
  readonly rows: readonly (readonly Value[])[];
  readonly csv: string;
}

/** So many rows of each class. The first numbers tell the classes apart, the others nothing. */
export function hostileTable(rowsOfClass: number): HostileTable {
  const random = seededRandom(7);
  const header = [...hostileNames, hostileLabel];
  const rows = Array.from({ length: rowsOfClass }, () =>
    hostileClasses.map((name, number) => [
      ...hostileNames.map((_, column) => cellOf(column, number, random)),
      name,
    ]),
  ).flat();
  return { header, rows, csv: [header, ...rows].map(csvLine).join('') };
}

/** Every kind of column in turn; some cells of some columns are empty. */
function cellOf(column: number, classNumber: number, random: Random): Value {
  const draw = random();
  if (column % 7 === 3 && random() < 0.1) return null;
  switch (column % 5) {
    case 0:
      return classNumber * 3 + draw;
    case 1:
      return Math.floor(draw * 1_000);
    case 2:
      return draw < 0.5;
    case 3:
      return hostileCategories[Math.floor(draw * hostileCategories.length)] ?? '';
    default:
      return (draw - 0.5) * 1e9;
  }
}
