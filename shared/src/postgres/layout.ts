import { createHash } from 'node:crypto';
import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { placesOfFeatures } from '../data-set/descent.ts';
import { perDataSet } from '../data-set/per-data-set.ts';
import { literal } from './features.ts';

// Tables hold classes by their numbers and features by their columns, and both mean what the declaration says that the
// tables are at. While a deployment brings another declaration, instances of the old one still run: to them a number may
// be another class. So a database knows the layouts by which it may be used, and whoever comes with another one is
// refused, and does its work again once it has been replaced.

/** A hash of what numbers of classes and columns mean. Migration 160 computes the same in SQL. */
export const layoutOf = perDataSet((dataSet: DataSet): string => {
  const parts = [
    ...dataSet.features.map(({ column, kind }) => `${column} ${kind}`),
    ...classNames(dataSet).map((name, number) => `${number} ${name}`),
  ];
  return md5(parts.map(md5).join(''));
});

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Holds for statements of this declaration's layout where the tables can be used by it; all others fail. */
export function fitsLayout(dataSet: DataSet): string {
  return `check_layout(${literal(layoutOf(dataSet))})`;
}

/** The layouts by which the tables of a declaration may be used, while there are instances of the one before. */
export function layoutsAfter(before: DataSet, after: DataSet): readonly string[] {
  return isUsableBy(before, after) ? [layoutOf(after), layoutOf(before)] : [layoutOf(after)];
}

/** Whether an instance of the declaration before can do no harm: what it knows still means the same. */
function isUsableBy(before: DataSet, after: DataSet): boolean {
  if (JSON.stringify(classNames(before)) !== JSON.stringify(classNames(after))) return false;
  const places = placesOfFeatures(after, before.features);
  return before.features.every(({ column, kind }, i) => {
    const now = after.features[places[i] ?? -1];
    const owner = after.features.find(feature => feature.column === column);
    return owner === undefined || (owner === now && owner.kind === kind);
  });
}

/** Stable, so that it is asked once for a statement and not for each row. */
export const layoutFunction = `create or replace function check_layout(layout text) returns boolean language plpgsql stable as $$
begin
  if exists (select from data_set where layout = any (layouts)) then return true; end if;
  raise exception 'The tables are at another declaration than this instance.' using errcode = 'object_not_in_prerequisite_state';
end
$$;`;
