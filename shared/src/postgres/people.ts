import type { Forgotten, PersonRecords } from '../contract/people.ts';
import type { Sql } from './sql.ts';

interface FoundOfPerson extends Omit<Forgotten, 'dead_letters'> {
  /** Whether messages and caches have not been cleared yet, after this or an earlier attempt. */
  readonly unfinished: boolean;
}

export interface Asked {
  readonly by: string;
  readonly address?: string | undefined;
}

/** What the tables hold of a person, and how it goes. */
export class People {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Everything in which the name stands. `ownBatches` is how the ids of a person's own batches end. */
  records(person: string, ownBatches: string): Promise<Omit<PersonRecords, 'dead_letters'>> {
    return this.#sql.rowPatiently(recordsOf, [person, ownBatches]);
  }

  /** Takes a person out of all tables at once, or only says what would go. */
  async forget(
    person: string,
    { by, address }: Asked,
    { onlyLook }: { readonly onlyLook: boolean },
  ): Promise<FoundOfPerson> {
    const values = [person, by, address ?? null, onlyLook];
    return (await this.#sql.rowPatiently<{ readonly result: FoundOfPerson }>(forget, values)).result;
  }

  async finish(person: string): Promise<void> {
    await this.#sql.rows(finish, [person]);
  }

  /** Who has been forgotten, by pseudonyms, the latest first; without a time where it is not finished. */
  forgotten(): Promise<
    { readonly pseudonym: string; readonly asked: string; readonly finished: string | null }[]
  > {
    return this.#sql.rows(everyForgotten, []);
  }
}

const forget = { name: 'forget-person', text: 'select forget_person($1, $2, $3, $4) as result' };
const finish = { name: 'finish-forgetting', text: 'select finish_forgetting($1)' };
const everyForgotten = {
  name: 'forgotten-people',
  text: 'select pseudonym, asked, finished from forgotten order by asked desc, pseudonym limit 1000',
};

// Rows are taken as they are: what is exported shows what is kept, column by column, and no copy of the list of columns
// can fall behind the tables.
const recordsOf = {
  name: 'records-of-person',
  text: `
    select
      (
        select coalesce(jsonb_agg(to_jsonb(p) order by rated_at, batch_id, position), '[]') from predictions p
        where reviewer = $1
      ) as ratings,
      (
        select coalesce(jsonb_agg(to_jsonb(t) - 'note_hash' order by created, batch_id, position), '[]') from training t
        where batch_id is not null and (reviewer = $1 or seconded_by = $1 or ${names('kept_by')} or ${names('set_aside')})
      ) as training_rows,
      (
        select coalesce(jsonb_agg(to_jsonb(w) order by said_at, batch_id, position), '[]') from words w where reviewer = $1
      ) as words,
      (
        select coalesce(jsonb_agg(to_jsonb(d) order by created), '[]') from decisions d
        where ${names('made_by')} or ${names('why')}
      ) as decisions,
      (
        select coalesce(jsonb_agg(jsonb_build_object('model_file_name', file_name, 'reason', reason, 'created', created,
          'submitted_by', message->'report'->'submitted_by') order by created), '[]')
        from models where ${names('reason')} or ${names(`(message->>'reason')`)} or ${names(`(message->'report'->>'submitted_by')`)}
      ) as models,
      (
        select coalesce(jsonb_agg(to_jsonb(s) order by created), '[]') from skipped_trainings s where ${names('reason')}
      ) as skipped_trainings,
      (
        select coalesce(jsonb_agg(to_jsonb(l) order by ends, batch_id, subject), '[]') from review_leases l where ${names('holder')}
      ) as review_leases,
      (
        select coalesce(jsonb_agg(to_jsonb(c)), '[]')
        from (
          select reviewer, checked, improbable, doubt from reviewer_counts where reviewer = $1
          union all select reviewer, checked, improbable, doubt from label_changes where reviewer = $1
        ) c
      ) as reviewer_counts,
      (
        select coalesce(jsonb_agg(to_jsonb(a) order by id), '[]') from audit a
        where ${names('who')} or ${names('target')} or address = $1 or ${namesWithin('before')} or ${namesWithin('after')}
      ) as audit,
      (
        select coalesce(jsonb_agg(batch_id order by created), '[]') from predictions
        where position = 0 and batch_id::text like '%' || $2
      ) as own_batches,
      models_taught_by($1) as models_taught`,
};

/** Whether a text has the name in it, as one of its own; the cheaper question comes first. */
function names(column: string): string {
  return `(position($1 in ${column}) > 0 and with_other_name(${column}, $1, '') <> ${column})`;
}

function namesWithin(column: string): string {
  return `(${column} is not null and with_other_name(${column}, $1, '') <> ${column})`;
}
