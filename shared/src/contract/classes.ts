import type { DataSet } from '../data-set/declaration.ts';
import { perDataSet } from '../data-set/per-data-set.ts';

/** The names of the classes in their order: a name's place is its class number. */
export const classNames = perDataSet(({ label }): readonly string[] => label.classes.map(({ name }) => name));

/** The class number of a name; undefined if there is no such class. */
export function classOf(dataSet: DataSet, name: string): number | undefined {
  const number = classNames(dataSet).indexOf(name);
  return number < 0 ? undefined : number;
}

/** Of two classes the wrong one leaves the other; of more, nobody can tell. */
export function otherClass(dataSet: DataSet, name: string): string | undefined {
  const names = classNames(dataSet);
  return names.length === 2 ? names.find(other => other !== name) : undefined;
}
