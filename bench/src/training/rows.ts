import type { Pool } from 'pg';
import { columns, readRows } from '../table.ts';

/** The bank's own notes have their line in its file as position; ours come after all others. */
const firstOwn = 2_000_000_000;

/** Makes the training table hold so many notes: the bank's, and these again and again, each shaken a little. */
export async function fillTraining(owner: Pool, rows: number): Promise<number> {
  await owner.query('delete from training where position >= $1', [firstOwn]);
  await owner.query(
    `insert into training (position, ${columns}, class)
     select $1 + n, ${columns.map(column => `${column} + jitter()`)}, class
     from (
       select *, row_number() over (order by position) - 1 as line, count(*) over () as lines
       from training where batch_id is null
     ) as bank join generate_series(1, $2::bigint) as n on n % lines = line`.replaceAll(
      'jitter()',
      '0.02 * (random() + random() + random() - 1.5) * 2',
    ),
    [firstOwn, Math.max(0, rows - bankRows)],
  );
  await owner.query('analyze training');
  const { rows: counted } = await owner.query<{ count: number }>(
    'select count(*)::int as count from training',
  );
  return counted[0]?.count ?? 0;
}

const bankRows = readRows().length;
