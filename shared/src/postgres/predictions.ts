import { coalesce } from '../base/coalesce.ts';
import { classify } from '../base/errors.ts';
import type { PredictionMessage } from '../contract/messages.ts';
import type { Row } from '../data-set/row.ts';
import { doubles, integers, texts, times, uuids } from './arrays.ts';
import type { Sql } from './sql.ts';

export interface PredictedBatch {
  readonly prediction: PredictionMessage;
  /** When it was predicted. */
  readonly created: Date;
}

/** One prediction, and whether a person called it right. */
export interface RatedPrediction {
  readonly features: Row;
  readonly label: string;
  readonly isCorrect: boolean | null;
}

/** So many rows of several messages share a statement at most. */
const maxSharedRows = 5_000;

/** What models said of notes. */
export class Predictions {
  readonly #sql: Sql;

  /** Stores a batch's predictions, together with those that arrive at the same moment. */
  readonly store: (batch: PredictedBatch) => Promise<void>;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.store = coalesce(batches => insertPredictions(sql, batches), {
      sizeOf: batch => batch.prediction.subjects.length,
      maxSize: maxSharedRows,
      isItemError: error => classify(error) === 'permanent',
    });
  }

  /** So many of the newest, batch by batch. */
  newest(count: number): Promise<RatedPrediction[]> {
    return this.#sql.rows<RatedPrediction>(newestPredictions, [count]);
  }
}

// The newest batches first, since only they are indexed by time, and then of their notes as many as are wanted.
const newestPredictions = {
  name: 'newest-predictions',
  text: `
    with newest as (
      select batch_id, created from predictions where position = 0 order by created desc, batch_id desc limit $1
    )
    select array[variance, skewness, curtosis, entropy] as features, prediction as label, is_correct as "isCorrect"
    from newest join predictions using (batch_id)
    where position < $1
    order by newest.created desc, batch_id desc, position
    limit $1`,
};

// Two predictions of one batch differ only if the model changed between two deliveries of the request. The earlier one
// counts, here as in the cache. If somebody has rated the other already, what they said of the note stands: "right" of
// one label is "wrong" of the other.
const insertBatches = {
  name: 'insert-predictions',
  text: `
    insert into predictions as stored (batch_id, position, subject_id, variance, skewness, curtosis, entropy,
      prediction, score, model_file_name, created)
    select * from unnest($1::uuid[], $2::int[], $3::text[], $4::float8[], $5::float8[], $6::float8[], $7::float8[],
      $8::text[], $9::float8[], $10::text[], $11::timestamptz[])
    on conflict (batch_id, position) do update
      set prediction = excluded.prediction, score = excluded.score, model_file_name = excluded.model_file_name,
        created = excluded.created, is_correct = (stored.prediction = excluded.prediction) = stored.is_correct
      where excluded.created < stored.created`,
};

/** Stores whole batches in one statement; what is there already stays as it is. */
async function insertPredictions(sql: Sql, batches: readonly PredictedBatch[]): Promise<void> {
  const rows = earliestOfEach(batches).flatMap(rowsOf);
  await sql.rows(insertBatches, [
    uuids(rows.map(row => row.batchId)),
    integers(rows.map(row => row.position)),
    texts(rows.map(row => row.subject)),
    ...[0, 1, 2, 3].map(feature => doubles(rows.map(({ note }) => Number(note[feature])))),
    texts(rows.map(row => row.label)),
    doubles(rows.map(row => row.score)),
    texts(rows.map(row => row.model)),
    times(rows.map(row => row.created)),
  ]);
}

/** One statement cannot write a row twice; and taking batches in one order keeps two statements from waiting in a ring. */
function earliestOfEach(batches: readonly PredictedBatch[]): readonly PredictedBatch[] {
  const chosen = new Map<string, PredictedBatch>();
  for (const batch of batches) {
    const id = batch.prediction.batch_id;
    const other = chosen.get(id);
    if (!other || batch.created < other.created) chosen.set(id, batch);
  }
  return [...chosen.keys()].sort().flatMap(id => chosen.get(id) ?? []);
}

function rowsOf({ prediction, created }: PredictedBatch) {
  const { batch_id: batchId, subjects, input, output, scores, model_file_name: model = null } = prediction;
  return subjects.map((subject, position) => {
    const note = input[position];
    const label = output[position];
    if (!note || !label) throw new Error('A prediction was not checked before it was stored.');
    return { batchId, position, subject, note, label, score: scores?.[position] ?? null, model, created };
  });
}
