import type { TrainingSet } from '../classifier/training-set.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { unlikeFrom } from '../data-set/unlike.ts';
import { encodedFeatures } from './features.ts';
import type { Sql, Statement } from './sql.ts';
import { toRows } from './training-data.ts';

/** A label that a person gave, by the prediction that it is about. */
export interface LabelKey {
  readonly batch_id: string;
  readonly position: number;
}

/** People's labels, and the items that they are about, in the same order. */
export interface PeoplesLabels {
  readonly keys: readonly (LabelKey & PersonsLabel)[];
  readonly rows: TrainingSet;
}

interface PersonsLabel {
  readonly class: number;
  readonly reviewer: string | null;
  /** How probable the label is by rows that no person labelled; null where those say nothing, as far from all of them. */
  readonly plausibility: number | null;
}

/** Where known rows are near enough to be sure of what they say. */
const known = `unlike < ${unlikeFrom}`;
const isFar = `unlike >= ${unlikeFrom}`;

/** The statements that read labels, by which of them: the newest first, so many at most. */
export function labelStatements(dataSet: DataSet) {
  const select = (name: string, condition: string): Statement => selectLabels(dataSet, name, condition);
  return {
    unchecked: select(
      'unchecked',
      // Spelled out for the index: those of which the last check was another one.
      '(checked_by is null or checked_by < $1 or checked_by > $1)',
    ),
    used: select('used', '$1::text is null and set_aside is null and kept_by is null'),
    judging: select('judging', "$1::text is null and role = 'judges' and set_aside is null"),
    settledFar: select(
      'settled-far',
      `$1::text is null and ${isFar} and set_aside is null and coalesce(seconded_by, kept_by) is not null`,
    ),
    waitingFar: select('waiting-far', "$1::text is null and set_aside_by = 'distance'"),
  };
}

export async function readPeoplesLabels(
  sql: Sql,
  dataSet: DataSet,
  statement: Statement,
  values: readonly unknown[],
): Promise<PeoplesLabels> {
  const { keys, features, classes } = await sql.row<Encoded & Pick<PeoplesLabels, 'keys'>>(statement, values);
  return { keys, rows: toRows(dataSet, features, classes) };
}

interface Encoded {
  readonly features: Buffer;
  readonly classes: Buffer;
}

function selectLabels(dataSet: DataSet, name: string, condition: string): Statement {
  const text = `
    select coalesce(json_agg(json_build_object('batch_id', batch_id, 'position', position, 'class', class,
        'reviewer', reviewer, 'plausibility', case when ${known} then plausibility end) order by created desc, batch_id, position), '[]') as keys,
      coalesce(string_agg(features, '' order by created desc, batch_id, position), '') as features,
      coalesce(string_agg(set_byte('\\x00', 0, class), '' order by created desc, batch_id, position), '') as classes
    from (
      select batch_id, position, class, reviewer, created, ${encodedFeatures(dataSet)} as features,
        plausibility, unlike
      from training where batch_id is not null and ${condition}
      order by created desc, batch_id, position limit $2
    ) as label`;
  return { name: `labels-${name}`, text };
}
