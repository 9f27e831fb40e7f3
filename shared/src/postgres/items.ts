import type { DataSet } from '../data-set/declaration.ts';
import { classNumber, encodedFeatures } from './features.ts';
import { fitsLayout } from './layout.ts';
import { numbersOf } from './own-rows.ts';
import type { Sql, Statement } from './sql.ts';

/** What people have said of an answer, and what came of that. */
export type ItemState = 'answered' | 'confirmed' | 'corrected' | 'suspicious' | 'set aside';

export interface AnsweredItem {
  readonly batch_id: string;
  readonly subject: string;
  /** The number of the class that it was called. */
  readonly answer: number;
  /** The number of the class that people say it is, where they said so. */
  readonly truth: number | null;
  readonly state: ItemState;
}

/** Items that models have answered, and their values as learners see them, in the same order. */
export interface AnsweredItems {
  readonly items: readonly AnsweredItem[];
  readonly features: Float64Array;
}

/** Items of the data set's own, as learners see them. */
export interface OwnItems {
  readonly features: Float64Array;
  readonly classes: Uint8Array;
}

/** What models were asked about, and what is known without them. */
export class Items {
  readonly #sql: Sql;
  readonly #newest: Statement;
  readonly #labelled: Statement;
  readonly #known: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#newest = itemsOf(dataSet, 'newest-items', newestAnswers);
    this.#labelled = itemsOf(dataSet, 'labelled-items', newestLabels);
    this.#known = knownItems(dataSet);
  }

  /** A sample of the data set's own, always the same one: which of them judge, it does not say. */
  async known(count: number): Promise<OwnItems> {
    const { features, classes } = await this.#sql.row<{ features: Buffer; classes: Buffer }>(this.#known, [
      count,
    ]);
    return { features: numbersOf(features), classes: new Uint8Array(classes) };
  }

  /** The latest answers, so many at most. */
  newest(count: number): Promise<AnsweredItems> {
    return this.#read(this.#newest, count);
  }

  /** What people have labelled, the latest first. */
  labelled(count: number): Promise<AnsweredItems> {
    return this.#read(this.#labelled, count);
  }

  async #read(statement: Statement, count: number): Promise<AnsweredItems> {
    const { items, features } = await this.#sql.row<{ items: AnsweredItem[]; features: Buffer }>(statement, [
      count,
    ]);
    return { items, features: numbersOf(features) };
  }
}

const newestAnswers = `
      select p.batch_id, p.position, row_number() over (order by newest.created desc, p.batch_id desc, p.position) as _place
      from (
        select batch_id, created from predictions where position = 0 order by created desc, batch_id desc limit $1
      ) as newest join predictions p on p.batch_id = newest.batch_id
      where p.position < $1 order by _place limit $1`;

const newestLabels = `
      select batch_id, position, row_number() over (order by created desc, batch_id, position) as _place
      from training where batch_id is not null order by _place limit $1`;

/** No feature's column begins with an underscore. */
function itemsOf(dataSet: DataSet, name: string, chosen: string): Statement {
  const text = `
    with chosen as (${chosen}
    ), answered as (
      select predictions.*, _place from chosen join predictions using (batch_id, position)
    ), encoded as (
      select batch_id, position, _place, subject_id, prediction, is_correct, ${encodedFeatures(dataSet)} as features from answered
    )
    select coalesce(json_agg(json_build_object(
        'batch_id', e.batch_id, 'subject', e.subject_id, 'answer', ${classNumber(dataSet, 'e.prediction')}, 'truth', t.class,
        'state', case
          when t.set_aside is not null then 'set aside'
          when t.doubt is not null and t.kept_by is null then 'suspicious'
          when e.is_correct then 'confirmed'
          when not e.is_correct then 'corrected'
          else 'answered'
        end) order by e._place), '[]') as items,
      coalesce(string_agg(e.features, '' order by e._place), '') as features
    from encoded e left join training t on t.batch_id = e.batch_id and t.position = e.position
    where ${fitsLayout(dataSet)}`;
  return { name, text };
}

/** The first in the order of their hashes; each class by the index. */
function knownItems(dataSet: DataSet): Statement {
  const numbers = dataSet.label.classes.map((_, number) => number);
  const text = `
    select coalesce(string_agg(features, '' order by note_hash), '') as features,
      coalesce(string_agg(set_byte('\\x00', 0, class), '' order by note_hash), '') as classes
    from (
      select item.* from unnest(array[${numbers.join(', ')}]) as one (_class), lateral (
        select note_hash, class, ${encodedFeatures(dataSet)} as features
        from training where batch_id is null and class = _class order by note_hash limit $1
      ) as item
      where ${fitsLayout(dataSet)}
      order by note_hash limit $1
    ) as known`;
  return { name: 'known-items', text };
}
