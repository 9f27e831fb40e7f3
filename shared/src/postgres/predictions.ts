import type { FeedbackMessage, PredictionMessage } from '../contract/messages.ts';
import { doubles, integers, texts, times, uuids } from './arrays.ts';
import type { Sql } from './sql.ts';

export interface PredictedBatch {
  readonly prediction: PredictionMessage;
  /** When it was predicted. */
  readonly created: Date;
}

export interface RatingOutcome {
  /** Whether the batch has been stored yet. */
  readonly batchKnown: boolean;
  /** Ratings that are newer than what was there. */
  readonly applied: number;
  /** Whether the training rows of these notes no longer say what the ratings say. */
  readonly trainingIsStale: boolean;
  readonly unknownSubjects: readonly string[];
}

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
export async function insertPredictions(sql: Sql, batches: readonly PredictedBatch[]): Promise<void> {
  const rows = earliestOfEach(batches).flatMap(rowsOf);
  await sql.rows(insertBatches, [
    uuids(rows.map(row => row.batchId)),
    integers(rows.map(row => row.position)),
    texts(rows.map(row => row.subject)),
    ...[0, 1, 2, 3].map(feature => doubles(rows.map(({ note }) => note[feature] ?? null))),
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

// A rating counts if it is newer than the one that is there; of two at the same instant, 1 counts before 0 before
// "withdrawn", and of two alike the later reviewer's name, so that the order of arrival never matters. A rating that
// only confirms moves the training row's time along by itself; one that says something new leaves the row stale, which
// is what the next function is told. That a rating is new is enough to call the row stale: while this statement waited
// for its locks the row may have been rewritten, and it would still see the old one. The joins name the batch by what
// has been found and not by $1: the planner takes a batch that it has never seen for one row, and would otherwise hold
// each row against each other.
const applyRatingsText = {
  name: 'apply-ratings',
  text: `
    with given as (
      select subject_id, rating from unnest($2::text[], $3::int[]) as given (subject_id, rating) group by 1, 2
    ), known as (
      select p.batch_id, p.position, p.prediction, p.is_correct, given.rating,
        p.rated_at is null or (p.rated_at, coalesce(p.is_correct::int, -1), coalesce(p.reviewer, ''))
          < ($4, coalesce(given.rating, -1), coalesce($5, '')) as newer
      from predictions p join given using (subject_id)
      where p.batch_id = $1
      order by p.position
      for update of p
    ), rated as (
      update predictions p set is_correct = known.rating = 1, rated_at = $4, reviewer = $5
      from known
      where p.batch_id = known.batch_id and p.position = known.position and known.newer
    ), wanted as (
      select batch_id, position, newer, newer and is_correct is distinct from (rating = 1) as changed, case
        when newer then case when rating is not null then ((prediction = 'real') = (rating = 1))::int end
        when is_correct is not null then ((prediction = 'real') = is_correct)::int
      end as class
      from known
    ), confirmed as (
      update training t set created = $4, reviewer = $5
      from wanted
      where t.batch_id = wanted.batch_id and t.position = wanted.position and wanted.newer and t.class = wanted.class
    )
    select
      exists (select from predictions where batch_id = $1) as "batchKnown",
      (select count(*)::int from wanted where newer) as applied,
      exists (
        select from wanted left join training t on t.batch_id = wanted.batch_id and t.position = wanted.position
        where wanted.changed or t.class is distinct from wanted.class
      ) as "trainingIsStale",
      array(
        select subject_id from given
        where not exists (select from predictions p where p.batch_id = $1 and p.subject_id = given.subject_id)
      ) as "unknownSubjects"`,
};

/** Writes what people say of predictions, whichever way round it arrives. */
export async function applyRatings(sql: Sql, feedback: FeedbackMessage, time: Date): Promise<RatingOutcome> {
  const { batch_id, subjects, ratings, reviewer } = feedback;
  return sql.row<RatingOutcome>(applyRatingsText, [
    batch_id,
    texts(subjects),
    integers(ratings),
    time,
    reviewer ?? null,
  ]);
}
