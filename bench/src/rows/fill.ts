import type { Pool } from 'pg';
import { classes, columns } from '../table.ts';

/** Notes of a batch; of one batch in a hundred somebody has rated the second note. */
const notesOfBatch = 10;
/** Batches came in at this distance, the last of them some days ago. */
const msBetween = 50;
const rowsAtATime = 500_000;
const lastDaysAgo = 3;
const mostBatches = 5_000_000;

/** The id of a batch is ordered by its time, as those that the loop makes are. */
const idOf = (
  batch: string,
): string => `(lpad(to_hex((extract(epoch from ${timeOf(batch)}) * 1000)::bigint), 12, '0')
  || '7' || substr(md5((${batch})::text), 1, 3) || '8' || substr(md5((${batch})::text), 4, 15))::uuid`;

function timeOf(batch: string): string {
  return `(date_trunc('day', now()) - interval '${lastDaysAgo} days' - (${mostBatches} - ${batch}) * interval '${msBetween} milliseconds')`;
}

/** The notes of a batch lie side by side, as they do when a batch is stored. */
const fill = `
  insert into predictions (batch_id, position, subject_id, ${columns}, prediction, score, model_file_name, is_correct, rated_at, created)
  select ${idOf('batch')}, n, 'note-' || n, ${columns.map(() => 'random() * 10')}, '${classes[1]}', 0.9, 'model-1.json',
    case when batch % 100 = 0 and n = 1 then true end, case when batch % 100 = 0 and n = 1 then ${timeOf('batch')} end, ${timeOf('batch')}
  from (
    select batch, generate_series(0, ${notesOfBatch} - 1) as n from generate_series($1::bigint, $2::bigint - 1) as batch
  ) as notes`;

/** Adds old predictions to a table that has so many of them, up to a number. */
export async function fillWithOld(owner: Pool, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += rowsAtATime) {
    const end = Math.min(to, at + rowsAtATime);
    await owner.query(fill, [at / notesOfBatch, end / notesOfBatch]);
  }
  await owner.query('vacuum analyze predictions');
}

/** The id of the batch that an old note is in. */
export async function idAt(owner: Pool, note: number): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(`select ${idOf('$1::bigint')} as id`, [
    Math.floor(note / notesOfBatch),
  ]);
  return rows[0]?.id ?? '';
}
