import { coalesce } from '../base/coalesce.ts';
import { classify } from '../base/errors.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Row, Value } from '../data-set/row.ts';
import { booleans, doubles, integers, texts, times, uuids } from './arrays.ts';
import {
  arrayParameters,
  columnArrays,
  columnList,
  hasTwoClasses,
  placedColumns,
  withRow,
} from './features.ts';
import { fitsLayout } from './layout.ts';
import type { Sql, Statement } from './sql.ts';

/** What a `prediction` message says. */
export interface Prediction {
  readonly batch_id: string;
  readonly subjects: readonly string[];
  readonly input: readonly Row[];
  readonly output: readonly string[];
  /** Of two classes the probability of class 1. */
  readonly scores?: readonly number[] | undefined;
  /** Of more classes the probability of each. */
  readonly probabilities?: readonly (readonly number[])[] | undefined;
  readonly model_file_name?: string | undefined;
  readonly unlike?: readonly number[] | undefined;
  readonly abstained?: readonly boolean[] | undefined;
}

export interface PredictedBatch {
  readonly prediction: Prediction;
  /** When it was predicted. */
  readonly created: Date;
}

/** One prediction, and whether a person called it right. */
export interface RatedPrediction {
  readonly features: Row;
  readonly label: string;
  readonly isCorrect: boolean | null;
  /** What a person said it is, where somebody said so. */
  readonly trueLabel: string | null;
}

/** So many rows of several messages share a statement at most. */
const maxSharedRows = 5_000;

/** What models said of notes. */
export class Predictions {
  readonly #sql: Sql;
  readonly #dataSet: DataSet;
  readonly #newest: Statement;

  /** Stores a batch's predictions, together with those that arrive at the same moment. */
  readonly store: (batch: PredictedBatch) => Promise<void>;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#newest = newestPredictions(dataSet);
    const insert = insertBatches(dataSet);
    this.store = coalesce(async batches => void (await sql.rows(insert, valuesOf(dataSet, batches))), {
      sizeOf: batch => batch.prediction.subjects.length,
      maxSize: maxSharedRows,
      isItemError: error => classify(error) === 'permanent',
    });
  }

  /** So many of the newest, batch by batch. */
  async newest(count: number): Promise<RatedPrediction[]> {
    const records = await this.#sql.rows<Record<number, Value> & Omit<RatedPrediction, 'features'>>(
      this.#newest,
      [count],
    );
    return records.map(record => withRow(this.#dataSet, record));
  }
}

// The newest batches first, since only they are indexed by time, and then of their notes as many as are wanted.
function newestPredictions(dataSet: DataSet): Statement {
  const text = `
    with newest as (
      select batch_id, created from predictions where position = 0 order by created desc, batch_id desc limit $1
    )
    select ${placedColumns(dataSet, 'predictions')}, predictions.prediction as label,
      predictions.is_correct as "isCorrect", predictions.true_label as "trueLabel"
    from newest join predictions using (batch_id)
    where position < $1
    order by newest.created desc, batch_id desc, position
    limit $1`;
  return { name: 'newest-predictions', text };
}

// Two predictions of one batch differ only if the model changed between two deliveries of the request. The earlier one
// counts, here as in the cache. If somebody has rated the other already, what they said of the note stands: "right" of
// one label is "wrong" of another. Of more than two classes, "right" of one label also says what the note is, and
// "wrong" of it says nothing of a third.
function insertBatches(dataSet: DataSet): Statement {
  const two = hasTwoClasses(dataSet);
  const { features } = dataSet;
  const next = 4 + features.length;
  const answers = [
    `$${next}::text[]`,
    two ? `$${next + 1}::float8[]` : `$${next + 1}::text[]`,
    `$${next + 2}::text[]`,
    `$${next + 3}::timestamptz[]`,
    `$${next + 4}::float8[]`,
    `$${next + 5}::boolean[]`,
  ];
  const columns = `batch_id, position, subject_id, ${columnList(dataSet)}`;
  const given = ['$1::uuid[]', '$2::int[]', '$3::text[]', ...arrayParameters(dataSet, 4), ...answers];
  const detail = two ? 'score' : 'probabilities';
  const rest = 'model_file_name, created, unlike, abstained';
  const text = `
    insert into predictions as stored (${columns}, prediction, ${detail}, ${rest})
    select ${two ? '*' : `${columns}, prediction, probabilities::float8[], ${rest}`}
    from unnest(${given.join(', ')}) as given (${columns}, prediction, ${detail}, ${rest})
    where ${fitsLayout(dataSet)}
    on conflict (batch_id, position) do update
      set prediction = excluded.prediction, ${detail} = excluded.${detail},
        model_file_name = excluded.model_file_name, created = excluded.created,
        unlike = excluded.unlike, abstained = excluded.abstained,
        ${two ? keepRating : keepRatingOfMany}
      where excluded.created < stored.created`;
  return { name: 'insert-predictions', text };
}

const keepRating = 'is_correct = (stored.prediction = excluded.prediction) = stored.is_correct';

const keepRatingOfMany = `is_correct = case
          when stored.prediction = excluded.prediction then stored.is_correct
          when stored.true_label is not null then stored.true_label = excluded.prediction
          when stored.is_correct then false
        end,
        true_label = case
          when stored.prediction <> excluded.prediction and stored.is_correct
            then coalesce(stored.true_label, stored.prediction)
          else stored.true_label
        end`;

function valuesOf(dataSet: DataSet, batches: readonly PredictedBatch[]): readonly unknown[] {
  const rows = earliestOfEach(batches).flatMap(rowsOf);
  return [
    uuids(rows.map(row => row.batchId)),
    integers(rows.map(row => row.position)),
    texts(rows.map(row => row.subject)),
    ...columnArrays(
      dataSet,
      rows.map(row => row.note),
    ),
    texts(rows.map(row => row.label)),
    hasTwoClasses(dataSet)
      ? doubles(rows.map(row => row.score))
      : texts(rows.map(({ probabilities }) => probabilities && `{${probabilities.join()}}`)),
    texts(rows.map(row => row.model)),
    times(rows.map(row => row.created)),
    doubles(rows.map(row => row.unlike)),
    booleans(rows.map(row => row.abstained)),
  ];
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
  const { batch_id: batchId, subjects, input, output, model_file_name: model = null } = prediction;
  return subjects.map((subject, position) => {
    const note = input[position];
    const label = output[position];
    if (!note || label === undefined) throw new Error('A prediction was not checked before it was stored.');
    const score = prediction.scores?.[position] ?? null;
    const probabilities = prediction.probabilities?.[position] ?? null;
    const unlike = prediction.unlike?.[position] ?? null;
    const abstained = prediction.abstained?.[position] ?? null;
    return {
      batchId,
      position,
      subject,
      note,
      label,
      score,
      probabilities,
      model,
      created,
      unlike,
      abstained,
    };
  });
}
