import { coalesce } from '../base/coalesce.ts';
import { classify } from '../base/errors.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { Row, Value } from '../data-set/row.ts';
import { booleans, integers, texts, times, uuids } from './arrays.ts';
import { hasTwoClasses, learnedClass, placedColumns, withRow } from './features.ts';
import { fitsLayout } from './layout.ts';
import type { Sql, Statement } from './sql.ts';
import type { LabelRole } from './training-data.ts';

/** What a `feedback` message says. */
export interface Feedback {
  readonly batch_id: string;
  readonly subjects: readonly string[];
  /** 1: the prediction was right. 0: it was wrong. null: an earlier rating is withdrawn. */
  readonly ratings: readonly (0 | 1 | null)[];
  /** What each is instead, where somebody says so. */
  readonly labels?: readonly (string | null)[] | undefined;
  readonly reviewer?: string | undefined;
  /** Whether the reviewer's name was checked. */
  readonly verified?: boolean | undefined;
}

export interface AppliedRatings {
  /** Whether the batch has been stored yet. */
  readonly batchKnown: boolean;
  /** Ratings that are newer than what was there. */
  readonly applied: number;
  /** Whether the training rows of these notes no longer say what the ratings say. */
  readonly trainingIsStale: boolean;
  readonly unknownSubjects: readonly string[];
}

export interface RatedBatch {
  readonly batch_id: string;
  readonly rated: number;
  readonly at: string;
}

/** What became of one rating, as far as the tables know. */
export interface ReceiptRecord {
  readonly subject: string;
  readonly position: number;
  readonly features: Row;
  readonly prediction: string;
  /** Of two classes the probability of class 1; of more, `probabilities` has one for each. */
  readonly score: number | null;
  readonly probabilities: readonly number[] | null;
  readonly predicted_by: string | null;
  readonly rating: 0 | 1;
  /** What a person said it is, where somebody said so. */
  readonly label: string | null;
  readonly reviewer: string | null;
  readonly rated_at: string;
  /** Null until the rating has become a row that models learn from. */
  readonly training_class: number | null;
  /** Null until a training has settled it. */
  readonly role: LabelRole | null;
  /** Why nothing is learned from it, where that is so. */
  readonly set_aside: string | null;
  readonly job_id: string | null;
  readonly model_file_name: string | null;
  readonly promoted: boolean | null;
  readonly reason: string | null;
  /** The first answer of a model that learned it: of the job's own or of a later one. */
  readonly live_at: string | null;
  readonly live_by: string | null;
}

/** What people say of predictions. */
export class Ratings {
  readonly #sql: Sql;
  readonly #dataSet: DataSet;
  readonly #write: (given: Given) => Promise<void>;
  readonly #receipt: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#receipt = receiptOfBatch(dataSet);
    const [alone, shared] = [applyRatings(dataSet, true), applyRatings(dataSet, false)];
    this.#write = coalesce(
      async given => {
        for (const group of withoutRivals(given)) {
          await applyTogether(sql, group.length === 1 ? alone : shared, group);
        }
      },
      {
        sizeOf: ({ feedback: { subjects } }) =>
          subjects.length > mostOfOneToShare ? maxSharedRatings : subjects.length,
        maxSize: maxSharedRatings,
        isItemError: error => classify(error) === 'permanent',
      },
    );
  }

  /** Writes ratings, whichever way round they arrive, together with those of other batches that arrive at the same moment. */
  async apply(feedback: Feedback, time: Date): Promise<AppliedRatings> {
    const given: Given = { feedback, time };
    await this.#write(given);
    if (!given.applied) throw new Error('The ratings were written without an answer.');
    return given.applied;
  }

  /** The batches of which notes have been rated after an instant. */
  since(instant: Date): Promise<RatedBatch[]> {
    return this.#sql.rows<RatedBatch>(ratedSince, [instant]);
  }

  /** What became of each rating of a batch. */
  async receipt(batchId: string): Promise<ReceiptRecord[]> {
    const records = await this.#sql.rows<Record<number, Value> & Omit<ReceiptRecord, 'features'>>(
      this.#receipt,
      [batchId],
    );
    return records.map(record => withRow(this.#dataSet, record));
  }
}

/** So many ratings of several messages share a statement at most. */
const maxSharedRatings = 500;
/** Where they share one, the notes of a batch are read for each of its ratings: whoever rates more of them goes alone. */
const mostOfOneToShare = 20;

interface Given {
  readonly feedback: Feedback;
  readonly time: Date;
  applied?: AppliedRatings;
}

/** In one statement a note can be rated but once: those that speak of the same batch come one after another. */
function withoutRivals(given: readonly Given[]): readonly (readonly Given[])[] {
  const groups: Map<string, Given>[] = [];
  for (const one of given) {
    const { batch_id } = one.feedback;
    const free = groups.find(group => !group.has(batch_id));
    if (free) free.set(batch_id, one);
    else groups.push(new Map([[batch_id, one]]));
  }
  return groups.map(group => [...group.values()]);
}

async function applyTogether(sql: Sql, apply: Statement, group: readonly Given[]): Promise<void> {
  const rows = group.flatMap(({ feedback, time }) =>
    feedback.subjects.map((subject, i) => ({ feedback, time, subject, i })),
  );
  const applied = await sql.rows<AppliedRatings & { readonly batch_id: string }>(apply, [
    uuids(rows.map(({ feedback }) => feedback.batch_id)),
    texts(rows.map(({ subject }) => subject)),
    integers(rows.map(({ feedback, i }) => feedback.ratings[i] ?? null)),
    texts(rows.map(({ feedback, i }) => feedback.labels?.[i] ?? null)),
    times(rows.map(({ time }) => time)),
    texts(rows.map(({ feedback }) => feedback.reviewer ?? null)),
    booleans(rows.map(({ feedback: { verified = false, reviewer } }) => verified && reviewer !== undefined)),
  ]);
  const byBatch = new Map(applied.map(({ batch_id, ...one }) => [batch_id, one]));
  for (const one of group) one.applied = byBatch.get(one.feedback.batch_id);
}

// A rating counts if it is newer than the one that is there; of two at the same instant, 1 counts before 0 before
// "withdrawn", and of two alike the later label and then the later reviewer's name, so that the order of arrival never matters. A rating that
// only confirms moves the training row's time along by itself; one that says something new leaves the row stale, which
// is what the next function is told, and so does any word on a label that is doubted or set aside, since it may settle
// that. That a rating is new is enough to call the row stale: while this statement waited for its locks the row may have
// been rewritten, and it would still see the old one. The later joins name the batch by what has been found, and what was
// not found is told by grouping: the planner takes a batch that it has never seen for one row, and would otherwise hold
// each row against each other.
function applyRatings(dataSet: DataSet, isAlone: boolean): Statement {
  const before = { label: 'true_label', prediction: 'prediction', isCorrect: 'is_correct' };
  const after = { label: 'label', prediction: 'prediction', isCorrect: 'says_correct' };
  const text = `
    with given as (
      select batch_id, subject_id, rating, said_at, said_by, is_sure, case when rating is not null then max(label) end as label
      from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::timestamptz[], $6::text[], $7::boolean[])
        as given (batch_id, subject_id, rating, label, said_at, said_by, is_sure)
      where ${fitsLayout(dataSet)}
      group by 1, 2, 3, 4, 5, 6
    ), ${isAlone ? matchedInBatch : ''} said as (
      select p.batch_id, p.position, p.prediction, p.is_correct, p.true_label, p.rated_at, p.reviewer, p.verified,
        p.subject_id, given.label, given.rating, given.said_at, given.said_by, given.is_sure,
        case when given.rating is not null then coalesce(given.label = p.prediction, given.rating = 1) end as says_correct
      from ${isAlone ? ofMatched : 'given join predictions p using (batch_id, subject_id)'}
      order by p.batch_id, p.position
      for update of p
    ), known as (
      select *,
        (rated_at is null or (rated_at, coalesce(is_correct::int, -1), coalesce(true_label, ''), coalesce(reviewer, ''))
          < (said_at, coalesce(says_correct::int, -1), coalesce(label, ''), coalesce(said_by, '')))
          -- What somebody said whose name was checked, nobody else takes back.
          and not (rating is null and verified and rated_at is not null and (reviewer is distinct from said_by or not is_sure))
          as newer
      from said
    ), rated as (
      update predictions p set is_correct = known.says_correct, true_label = known.label, rated_at = known.said_at,
        reviewer = known.said_by, verified = known.is_sure
      from known
      where p.batch_id = known.batch_id and p.position = known.position and known.newer
    ), classed as (
      select *,
        ${learnedClass(dataSet, before)} as class_before,
        ${learnedClass(dataSet, after)} as class_after
      from known
    ), recorded as (
      insert into words as kept (batch_id, position, reviewer, verified, class, said_at)
      select distinct on (batch_id, position) batch_id, position, coalesce(said_by, ''), is_sure, class_after, said_at
      from classed order by batch_id, position, class_after
      on conflict (batch_id, position, reviewer, verified) do update set class = excluded.class, said_at = excluded.said_at
        where (kept.said_at, coalesce(kept.class, -1)) <= (excluded.said_at, coalesce(excluded.class, -1))
      returning batch_id, position
    ), wanted as (
      select batch_id, position, subject_id, newer, said_at, said_by, is_sure,
        newer and class_before is distinct from class_after as changed,
        case when newer then class_after else class_before end as class
      from classed
    ), confirmed as (
      update training t set created = wanted.said_at, reviewer = wanted.said_by, verified = wanted.is_sure
      from wanted
      where t.batch_id = wanted.batch_id and t.position = wanted.position and wanted.newer and t.class = wanted.class
        and t.set_aside is null
    )
    select batch_id,
      bool_or(is_there) or exists (select from predictions p where p.batch_id = subjects.batch_id) as "batchKnown",
      sum(applied)::int as applied,
      bool_or(is_stale) as "trainingIsStale",
      coalesce(array_agg(subject_id) filter (where not is_there), '{}') as "unknownSubjects"
    from (
      select batch_id, subject_id, bool_or(is_there) as is_there, sum(applied) as applied, bool_or(is_stale) as is_stale
      from (
        select batch_id, subject_id, false as is_there, 0 as applied, false as is_stale from given
        union all
        select batch_id, max(subject_id), true, sum(applied), bool_or(is_stale) or bool_or(is_doubted) and bool_or(is_recorded)
        from (
          select wanted.batch_id, wanted.position, subject_id, newer::int as applied,
            wanted.changed or t.class is distinct from wanted.class as is_stale,
            coalesce(t.set_aside, t.doubt) is not null as is_doubted, false as is_recorded
          from wanted left join training t on t.batch_id = wanted.batch_id and t.position = wanted.position
          union all
          select batch_id, position, null, 0, false, false, true from recorded
        ) as notes
        group by batch_id, position
      ) as found
      group by 1, 2
    ) as subjects
    group by batch_id`;
  return { name: isAlone ? 'apply-ratings' : 'apply-shared-ratings', text };
}

// Who rates a thousand notes of one batch names them by subject. Grouping brings both together whatever the planner thinks of
// their number; a join of two lists that it takes for short ones would hold each subject against each.
const matchedInBatch = `matched as (
      select array_agg(position) filter (where position is not null) as positions,
        array_agg(rating) filter (where is_given) as ratings, array_agg(label) filter (where is_given) as labels,
        array_agg(said_at) filter (where is_given) as times, array_agg(said_by) filter (where is_given) as names,
        array_agg(is_sure) filter (where is_given) as sure
      from (
        select subject_id, null::int as position, true as is_given, rating, label, said_at, said_by, is_sure from given
        union all
        select subject_id, position, false, null, null, null, null, null from predictions where batch_id = ($1::uuid[])[1]
      ) as either
      group by subject_id having bool_or(is_given)
    ),`;
const ofMatched = `matched cross join unnest(positions) as place (position)
        cross join unnest(ratings, labels, times, names, sure) as given (rating, label, said_at, said_by, is_sure)
        join predictions p on p.batch_id = ($1::uuid[])[1] and p.position = place.position`;

// Milliseconds, as JavaScript has no finer ones: a rating must not count as newer than itself.
const ratedSince = {
  name: 'rated-since',
  text: `
    select batch_id, count(*)::int as rated, date_trunc('milliseconds', max(rated_at)) as at from predictions
    where rated_at is not null and rated_at >= $1::timestamptz + interval '1 millisecond'
    group by batch_id order by 3 limit 100`,
};

function receiptOfBatch(dataSet: DataSet): Statement {
  const detail = hasTwoClasses(dataSet) ? 'p.score, null as probabilities' : 'null as score, p.probabilities';
  const text = `
    select ${placedColumns(dataSet, 'p')}, p.subject_id as subject, p.position, p.prediction, ${detail},
      p.model_file_name as predicted_by, p.is_correct::int as rating, p.true_label as label, p.reviewer, p.rated_at,
      t.class as training_class, t.role, t.set_aside, t.job_id, m.file_name as model_file_name, m.promoted, m.reason,
      live.created as live_at, live.file_name as live_by
    from predictions p
      left join training t using (batch_id, position)
      left join models m on m.job_id = t.job_id
      left join lateral (
        select answer.created, later.file_name
        from models later, lateral (
          select created from predictions
          where model_file_name = later.file_name and position = 0 and created >= t.created
          order by created limit 1
        ) as answer
        where later.created >= m.created
        order by answer.created limit 1
      ) as live on t.role = 'trains'
    where p.batch_id = $1 and p.is_correct is not null and ${fitsLayout(dataSet)}
    order by p.position`;
  return { name: 'receipt-of-batch', text };
}
