import type { ReviewNote, ReviewOrder } from '../contract/answers.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { columnsOf } from '../data-set/row.ts';
import { unlikeFrom } from '../data-set/unlike.ts';
import { rankByWorth } from '../learning/worth.ts';
import { texts, uuids } from './arrays.ts';
import { noteColumns } from './batches.ts';
import { classNameOf, encodedFeatures, hasTwoClasses } from './features.ts';
import { fitsLayout } from './layout.ts';
import { numbersOf } from './own-rows.ts';
import type { Sql, Statement } from './sql.ts';

/** An item as ratings name it. */
export interface ItemKey {
  readonly batch_id: string;
  readonly subject: string;
}

export interface LeaseWish {
  /** Which window the items are worked on in: they are shown in no other for a while. */
  readonly holder: string;
  /** Whose it is, where that is proved: however many windows somebody opens, others get items, too. */
  readonly principal?: string | undefined;
  readonly order: ReviewOrder;
  /** So many more at most. */
  readonly count: number;
  /** What the holder has already, and still works on. */
  readonly keep: readonly ItemKey[];
  readonly seconds: number;
}

/** How far a review has come. */
export interface ReviewProgress {
  /** Items that nobody has rated, whoever works on them. */
  readonly left: number;
  /** Ratings since the day began: of all reviewers, and of one of them. */
  readonly today: number;
  readonly yours: number;
}

/** Items that people are to look at, each by one of them at a time. */
export class Reviews {
  readonly #sql: Sql;
  readonly #dataSet: DataSet;
  readonly #listed: Readonly<Record<Exclude<ReviewOrder, 'valuable'>, Statement>>;
  readonly #candidates: Statement;
  readonly #named: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#dataSet = dataSet;
    this.#listed = listedNotes(dataSet);
    this.#candidates = candidates(dataSet);
    this.#named = namedNotes(dataSet);
  }

  /**
   * Notes that nobody has rated yet, from the newest batches; or, to look at again, those whose labels look wrong or are
   * set aside. To a holder only those that nobody holds are shown.
   */
  async notes(order: ReviewOrder, count: number, holder?: string): Promise<ReviewNote[]> {
    if (order !== 'valuable') {
      return this.#sql.rows<ReviewNote>(this.#listed[order], [count, holder ?? null]);
    }
    const keys = distinct(await this.#mostValuable(count, holder));
    return this.#sql.rows<ReviewNote>(this.#named, [uuids(keys.map(batchOf)), texts(keys.map(subjectOf))]);
  }

  /** Takes further items for a holder, and keeps those that it has for as long again. */
  async lease({ principal, order, keep, seconds, ...wish }: LeaseWish): Promise<ReviewNote[]> {
    const holder = holderOf({ ...wish, principal });
    if (keep.length > 0) await this.#sql.rows(keepLeases, [...keysOf(holder, keep), seconds]);
    const count = principal === undefined ? wish.count : Math.min(wish.count, await this.#left(principal));
    const taken: ReviewNote[] = [];
    // Somebody else may take the same ones at the same moment: then those that come next are tried.
    for (let round = 0; round < mostRounds && taken.length < count; round += 1) {
      const free = await this.notes(order, count - taken.length, holder);
      if (free.length === 0) break;
      const won = await this.#take(holder, free, seconds);
      const names = new Set(won.map(nameOf));
      taken.push(...free.filter(note => names.has(nameOf(note))));
    }
    return taken;
  }

  /** Lets others have what a holder does not want to work on any more. */
  async handBack(
    { holder, principal }: Pick<LeaseWish, 'holder' | 'principal'>,
    keys: readonly ItemKey[],
  ): Promise<void> {
    if (keys.length > 0) await this.#sql.rows(handBack, keysOf(holderOf({ holder, principal }), keys));
  }

  progress(order: ReviewOrder, dayBegan: Date, reviewer: string | undefined): Promise<ReviewProgress> {
    const isAgain = order === 'look-again';
    return this.#sql.row<ReviewProgress>(reviewProgress, [isAgain, dayBegan, reviewer ?? null]);
  }

  #take(holder: string, keys: readonly ItemKey[], seconds: number): Promise<ItemKey[]> {
    return this.#sql.rows<ItemKey>(takeLeases, [...keysOf(holder, keys), seconds]);
  }

  /** How many more somebody may have at a time. */
  async #left(principal: string): Promise<number> {
    const { held } = await this.#sql.row<{ held: number }>(heldBy, [ofWhom(principal)]);
    return Math.max(0, mostHeld - held);
  }

  async #mostValuable(count: number, holder: string | undefined): Promise<readonly ItemKey[]> {
    const { keys, features, doubts } = await this.#sql.row<{
      keys: ItemKey[];
      features: Buffer;
      doubts: Buffer;
    }>(this.#candidates, [mostCandidates(this.#dataSet), holder ?? null]);
    const table = { columns: columnsOf(this.#dataSet), values: numbersOf(features) };
    return rankByWorth(table, numbersOf(doubts), count).flatMap(row => keys[row] ?? []);
  }
}

const mostRounds = 4;
/** Enough for several windows. */
const mostHeld = 500;

function holderOf({ holder, principal }: Pick<LeaseWish, 'holder' | 'principal'>): string {
  return principal === undefined ? holder : `${holder}${ofWhom(principal)}`;
}

/** How the holders of somebody's windows end. */
function ofWhom(principal: string): string {
  return ` of ${principal}`;
}

function keysOf(holder: string, keys: readonly ItemKey[]): readonly unknown[] {
  return [holder, uuids(keys.map(batchOf)), texts(keys.map(subjectOf))];
}

function batchOf({ batch_id }: ItemKey): string {
  return batch_id;
}

function subjectOf({ subject }: ItemKey): string {
  return subject;
}

function nameOf({ batch_id, subject }: ItemKey): string {
  return `${batch_id} ${subject}`;
}

/** An item may stand twice in its batch: a rating is of both. */
function distinct(keys: readonly ItemKey[]): readonly ItemKey[] {
  return [...new Map(keys.map(key => [nameOf(key), key])).values()];
}

/** To say which of them are worth most, each is held against others: of a table with hundreds of features fewer are. */
function mostCandidates({ features }: DataSet): number {
  return Math.min(2_000, Math.floor(100_000 / features.length));
}

/** So many of the newest batches are looked through for notes that nobody has rated. */
const batchesLookedThrough = 200;

/** Without a holder everything is free. */
const isFree = (holder: string): string => `(${holder}::text is null or not exists (
      select from review_leases as lease
      where lease.batch_id = p.batch_id and lease.subject = p.subject_id and lease.ends > now()
    ))`;

const newestUnrated = `
    with newest as (
      select batch_id, created as predicted from predictions where position = 0
      order by created desc, batch_id desc limit ${batchesLookedThrough}
    )`;

function listedNotes(dataSet: DataSet): Readonly<Record<Exclude<ReviewOrder, 'valuable'>, Statement>> {
  const notes = `${newestUnrated}
    select p.batch_id, ${noteColumns(dataSet)}
    from newest join predictions p on p.batch_id = newest.batch_id
    where p.is_correct is null and ${isFree('$2')}
    order by`;
  const certainty = hasTwoClasses(dataSet)
    ? 'abs(coalesce(p.score, 1) - 0.5)'
    : 'coalesce((select max(probability) from unnest(p.probabilities) as probability), 1)';
  const newestFirst = 'newest.predicted desc, p.batch_id desc, p.position limit $1';
  return {
    newest: { name: 'notes-to-review-newest', text: `${notes} ${newestFirst}` },
    // What a model has never seen the like of comes first: there it is wrong without a doubt as often as with one.
    uncertain: {
      name: 'notes-to-review-uncertain',
      text: `${notes} (coalesce(p.unlike, 0) >= ${unlikeFrom}) desc, ${certainty}, ${newestFirst}`,
    },
    unlike: { name: 'notes-to-review-unlike', text: `${notes} coalesce(p.unlike, 0) desc, ${newestFirst}` },
    'look-again': notesToLookAtAgain(dataSet),
  };
}

const wantsAnotherLook = '(t.set_aside is not null or t.doubt is not null and t.kept_by is null)';

function notesToLookAtAgain(dataSet: DataSet): Statement {
  const text = `
    select p.batch_id, ${noteColumns(dataSet)}, json_build_object(
        'label', ${classNameOf(dataSet, 't.class')}, 'reason', coalesce(t.set_aside, t.doubt), 'found_by', coalesce(t.set_aside_by, 'suspicion'),
        'set_aside', t.set_aside is not null,
        'suspicion', t.suspicion, 'rated_at', t.created
      ) as look_again
    from training t join predictions p using (batch_id, position)
    where ${wantsAnotherLook} and ${isFree('$2')} and ${fitsLayout(dataSet)}
    order by t.suspicion desc nulls last, t.created desc, t.batch_id, t.position limit $1`;
  return { name: 'notes-to-look-at-again', text };
}

/** How far the likeliest class is ahead of the next one: 1 where they are equal, 0 where there is no doubt. */
function doubtOf(dataSet: DataSet): string {
  if (hasTwoClasses(dataSet)) return '1 - 2 * abs(coalesce(p.score, 0.5) - 0.5)';
  return `coalesce((
        select 1 - (ranked[1] - ranked[2])
        from (select array_agg(probability order by probability desc) as ranked from unnest(p.probabilities) as probability) as first
      ), 1)`;
}

// The columns of features are named by themselves there: only where they stand alone is it clear which ones are meant.
function candidates(dataSet: DataSet): Statement {
  const text = `${newestUnrated}, candidate as (
      select p.*, newest.predicted as _predicted, ${doubtOf(dataSet)} as _doubt
      from newest join predictions p on p.batch_id = newest.batch_id
      where p.is_correct is null and ${isFree('$2')}
      order by newest.predicted desc, p.batch_id desc, p.position limit $1
    ), encoded as (
      select batch_id, subject_id, row_number() over (order by _predicted desc, batch_id desc, position) as _place,
        ${encodedFeatures(dataSet)} as features, float8send(_doubt) as doubt
      from candidate
    )
    select coalesce(json_agg(json_build_object('batch_id', batch_id, 'subject', subject_id) order by _place), '[]') as keys,
      coalesce(string_agg(features, '' order by _place), '') as features,
      coalesce(string_agg(doubt, '' order by _place), '') as doubts
    from encoded`;
  return { name: 'candidates-to-review', text };
}

/** In the order in which they are named. */
function namedNotes(dataSet: DataSet): Statement {
  const text = `
    select p.batch_id, ${noteColumns(dataSet)}
    from unnest($1::uuid[], $2::text[]) with ordinality as wanted (batch_id, subject, _place)
      join predictions p on p.batch_id = wanted.batch_id and p.subject_id = wanted.subject
    order by _place, p.position`;
  return { name: 'named-notes', text };
}

// In one order, so that two who take the same ones do not wait for each other. Who comes second finds what the first one
// has written, and gets only what is free by then.
const takeLeases = {
  name: 'take-review-leases',
  text: `
    with ended as (delete from review_leases where ends < now() - interval '1 hour')
    insert into review_leases as held (batch_id, subject, holder, ends)
    select distinct batch_id, subject, $1, now() + $4 * interval '1 second'
    from unnest($2::uuid[], $3::text[]) as wanted (batch_id, subject)
    order by batch_id, subject
    on conflict (batch_id, subject) do update set holder = excluded.holder, ends = excluded.ends
      where held.holder = excluded.holder or held.ends <= now()
    returning batch_id, subject`,
};

// Only what it has had: naming an item does not take it.
const keepLeases = {
  name: 'keep-review-leases',
  text: `
    update review_leases set ends = now() + $4 * interval '1 second'
    from unnest($2::uuid[], $3::text[]) as given (batch_id, subject)
    where review_leases.holder = $1 and review_leases.batch_id = given.batch_id and review_leases.subject = given.subject`,
};

const heldBy = {
  name: 'review-leases-held',
  text: 'select count(*)::int as held from review_leases where ends > now() and right(holder, length($1)) = $1',
};

const handBack = {
  name: 'hand-back-review-leases',
  text: `
    delete from review_leases using unnest($2::uuid[], $3::text[]) as given (batch_id, subject)
    where review_leases.holder = $1 and review_leases.batch_id = given.batch_id and review_leases.subject = given.subject`,
};

const reviewProgress = {
  name: 'review-progress',
  text: `
    select case when $1 then (select count(*)::int from training t where t.batch_id is not null and ${wantsAnotherLook})
      else (
        select count(*)::int from (
          select batch_id from predictions where position = 0 order by created desc, batch_id desc limit ${batchesLookedThrough}
        ) as newest join predictions using (batch_id) where is_correct is null
      ) end as "left",
      (select count(*)::int from predictions where rated_at >= $2 and is_correct is not null) as today,
      (select count(*)::int from predictions where rated_at >= $2 and is_correct is not null and reviewer = $3) as yours`,
};
