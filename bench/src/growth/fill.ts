import type { Pool } from 'pg';
import { classes, columns } from '../table.ts';

/** Notes of a batch as they mostly are. */
const notesOfBatch = 100;

// Every batch is rated, and every rated note trains: so both tables hold the same notes.
const fillPredictions = `
  insert into predictions (batch_id, position, subject_id, ${columns}, prediction, score,
    model_file_name, is_correct, rated_at, created)
  select batch_id, n, 'note-' || n, ${columns.map(() => 'random() * 10')}, '${classes[1]}', 0.9,
    'model-1.json', true, created, created
  from (
    select gen_random_uuid() as batch_id, now() - batch * interval '1 minute' as created from generate_series(1, $1::int) as batch
  ) as batches, generate_series(0, $2::int - 1) as n`;

const fillTraining = `
  insert into training (batch_id, position, ${columns}, class, created)
  select batch_id, position, ${columns}, 1, rated_at from predictions
  where is_correct is not null
  on conflict do nothing`;

/** Makes both tables hold at least so many rows. */
export async function fillTables(owner: Pool, rows: number): Promise<void> {
  await owner.query(fillPredictions, [Math.ceil(rows / notesOfBatch), notesOfBatch]);
  await owner.query(fillTraining);
  await owner.query('analyze predictions, training');
}
