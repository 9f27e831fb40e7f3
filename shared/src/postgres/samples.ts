import type { Label } from '../contract/classes.ts';
import type { Features } from '../contract/notes.ts';
import type { Sql } from './sql.ts';

export interface SampleNote {
  readonly features: Features;
  readonly label: Label;
}

const draw = {
  name: 'draw-samples',
  text: `
    select array[variance, skewness, curtosis, entropy] as features,
      case class when 1 then 'real' else 'fake' end as label
    from training where batch_id is null order by random() limit $1`,
};

/** Notes of bank_data.csv, drawn by lot, with what they are known to be. */
export function drawSamples(sql: Sql, count: number): Promise<SampleNote[]> {
  return sql.rows<SampleNote>(draw, [count]);
}
