import { classNames } from '../contract/classes.ts';
import { type DataSet, type Feature, neverSeen } from '../data-set/declaration.ts';
import { classNumber, hasTwoClasses, literal } from './features.ts';
import { fitsLayout } from './layout.ts';
import type { Statement } from './sql.ts';

// How the latest answers differ from what was learned: each feature, and the classes, over the same bins on both sides.

/** How one property of items is spread over the same bins in the training data and in the latest answers. */
export interface Distribution {
  readonly name: string;
  /** Where each bin begins, and where the next one would; null at the ends, which are open. */
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  /** The value that a bin stands for, where it is no range. */
  readonly values: readonly (string | null)[];
  readonly learned: readonly number[];
  readonly answered: readonly number[];
}

/** The same, under the property's place. */
export interface DriftRecord extends Omit<Distribution, 'name'> {
  readonly property: number;
}

/** What is compared: as a number by its deciles, or as a text by its values. */
interface Property {
  readonly name: string;
  readonly kind: 'number' | 'text';
  readonly learned: string;
  readonly answered: string;
}

const missing = '(missing)';

function propertiesOf(dataSet: DataSet): Property[] {
  return [...dataSet.features.map(propertyOf), classProperty(dataSet)];
}

function propertyOf(feature: Feature): Property {
  const { name, kind } = feature;
  const value = propertyValue(feature);
  return { name, kind: kind === 'number' ? 'number' : 'text', learned: value, answered: value };
}

function propertyValue(feature: Feature): string {
  const column = `items.${feature.column}`;
  switch (feature.kind) {
    case 'number':
      return column;
    case 'category': {
      const known = `array[${feature.categories.map(literal).join(', ')}]`;
      return `case when ${column} = any (${known}) then ${column} when ${column} is not null then ${literal(neverSeen)} end`;
    }
    case 'yes-no':
      return `case when ${column} then 'yes' when not ${column} then 'no' end`;
  }
}

/** As people labelled the items or the data set did, and as the models called them. Of two classes, the share of class 1. */
function classProperty(dataSet: DataSet): Property {
  const names = classNames(dataSet);
  if (hasTwoClasses(dataSet)) {
    const answered = classNumber(dataSet, 'items.prediction');
    return { name: names[1] ?? '', kind: 'number', learned: 'items.class', answered };
  }
  const learned = `(array[${names.map(literal).join(', ')}])[items.class + 1]`;
  return { name: dataSet.label.name, kind: 'text', learned, answered: 'items.prediction' };
}

/** So many values are compared at most; of few features more rows than of many. */
const mostValues = 500_000;
const mostRows = 10_000;

// The bins of numbers are the deciles of what was learned; missing values are a bin of their own. Of what was learned,
// the first rows by hash are as good as any sample, and always the same.
export function driftStatement(dataSet: DataSet): Statement {
  const properties = propertiesOf(dataSet);
  const rows = Math.min(mostRows, Math.ceil(mostValues / properties.length));
  const valuesOf = (side: 'learned' | 'answered'): string =>
    properties
      .map((property, place) => {
        const value = property[side];
        return property.kind === 'number'
          ? `(${place}, (${value})::float8, case when (${value}) is null then '${missing}' end)`
          : `(${place}, null, coalesce(${value}, '${missing}'))`;
      })
      .join(', ');
  const text = `
    with learned as (
      select property.place, property.number, property.value
      from (
        select * from training where batch_id is null or role in ('trains', 'judges') order by note_hash limit ${rows}
      ) as items, lateral (values ${valuesOf('learned')}) as property (place, number, value)
    ), newest as (
      select batch_id, created from predictions where position = 0 and ${fitsLayout(dataSet)}
      order by created desc, batch_id desc limit $1
    ), answered as (
      select property.place, property.number, property.value
      from (
        select predictions.* from newest join predictions using (batch_id)
        where position < $1
        order by newest.created desc, batch_id desc, position limit least($1, ${rows})
      ) as items, lateral (values ${valuesOf('answered')}) as property (place, number, value)
    ), bins as (
      select place, array(select distinct edge from unnest(edges) as edge order by edge) as edges
      from (
        select place, percentile_disc(array[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) within group (order by number) as edges
        from learned where number is not null group by place
      ) as deciles
    ), counted as (
      select place, edges, width_bucket(number, edges) as bin, value, learned, answered
      from (
        select place, number, value, 1 as learned, 0 as answered from learned
        union all
        select place, number, value, 0, 1 from answered
      ) as both_sides left join bins using (place)
      where value is not null or edges is not null
    ), histogram as (
      select place, edges, bin, value, sum(learned)::int as learned, sum(answered)::int as answered
      from counted group by place, edges, bin, value
    )
    select
      place as property, array_agg(edges[bin] order by bin, value) as lower, array_agg(edges[bin + 1] order by bin, value) as upper,
      array_agg(value order by bin, value) as values,
      array_agg(learned order by bin, value) as learned, array_agg(answered order by bin, value) as answered
    from histogram group by place`;
  return { name: 'drift', text };
}

/** In the order of their names; those of which nothing was learned have nothing to be compared with. */
export function histogramsOf(dataSet: DataSet, records: readonly DriftRecord[]): Distribution[] {
  const properties = propertiesOf(dataSet);
  return records
    .filter(({ learned }) => learned.some(count => count > 0))
    .map(({ property, ...histogram }) => ({ name: properties[property]?.name ?? '', ...histogram }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
