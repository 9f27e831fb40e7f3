import { createHash } from 'node:crypto';
import type { TrainingSet } from '../classifier/training-set.ts';
import type { Sql } from './sql.ts';

export interface DataSet {
  /** What models are trained on. */
  readonly training: TrainingSet;
  /** What models are judged on, and none is ever trained on. */
  readonly holdout: TrainingSet;
  /** The hash of all these rows: the same rows have the same fingerprint, whenever and however they came in. */
  readonly fingerprint: string;
}

// One row for each different note: a person's label before that of bank_data.csv, the latest person's before earlier
// ones. One note in five judges. Of the others the class that has more gives up its surplus, last hashes first.
const readSet = {
  name: 'read-data-set',
  text: `
    with notes as (
      select distinct on (note_hash) note_hash, variance, skewness, curtosis, entropy, class,
        get_byte(note_hash, 0) < 51 as is_holdout
      from training
      order by note_hash, batch_id is null, created desc, class desc
    ), ranked as (
      select *, row_number() over (partition by is_holdout, class order by note_hash) as rank,
        count(*) filter (where class = 0) over sides as fakes, count(*) filter (where class = 1) over sides as reals
      from notes
      window sides as (partition by is_holdout)
    )
    select is_holdout as "isHoldout",
      string_agg(float8send(variance + 0) || float8send(skewness + 0) || float8send(curtosis + 0) || float8send(entropy + 0),
        '' order by note_hash) as features,
      string_agg(set_byte('\\x00', 0, class), '' order by note_hash) as classes
    from ranked
    where is_holdout or rank <= least(fakes, reals)
    group by is_holdout`,
};

interface Side {
  readonly isHoldout: boolean;
  readonly features: Buffer;
  readonly classes: Buffer;
}

export async function readDataSet(sql: Sql): Promise<DataSet> {
  const sides = await sql.rows<Side>(readSet, []);
  const training = toRows(sides.find(side => !side.isHoldout));
  const holdout = toRows(sides.find(side => side.isHoldout));
  const hash = createHash('sha256');
  for (const { features, classes } of [training, holdout]) {
    hash.update(`${classes.length}\n`).update(asBytes(features)).update(classes);
  }
  return { training, holdout, fingerprint: hash.digest('hex') };
}

function toRows(side: Side | undefined): TrainingSet {
  if (!side) return { count: 0, features: new Float64Array(), classes: new Uint8Array() };
  // The server sends numbers with the high byte first, this machine holds them the other way round. A buffer of the
  // driver's may begin anywhere in memory, numbers only at multiples of eight: hence the copy.
  const bytes = new Uint8Array(side.features);
  Buffer.from(bytes.buffer).swap64();
  return {
    count: side.classes.length,
    features: new Float64Array(bytes.buffer),
    classes: new Uint8Array(side.classes),
  };
}

function asBytes(numbers: Float64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
