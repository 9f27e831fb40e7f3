import type { NoteAnswer } from '../contract/answers.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { BatchPosition } from './batches.ts';
import { noteColumns } from './batches.ts';
import type { Sql, Statement } from './sql.ts';

/** A prediction that nobody has rated. */
export type UnratedNote = NoteAnswer & { readonly batch_id: string; readonly position: number };

/** What is done with predictions before they go. */
export type Keep = (notes: readonly UnratedNote[]) => Promise<void>;

export interface Expired {
  readonly batches: number;
  readonly notes: number;
}

/** So many batches, or notes in them, are looked at and deleted at a time: an outage of minutes loses seconds of work. */
const mostBatches = 2_000;
const mostNotes = 20_000;
/** Two who take out the same rows would keep them twice. */
const expiryLock = 20_120_830;

/** Takes out what is older than it has to be. What may go is the tables' own rule: nobody has the right to delete more. */
export class Expiry {
  readonly #sql: Sql;
  readonly #unrated: Statement;

  constructor(sql: Sql, dataSet: DataSet) {
    this.#sql = sql;
    this.#unrated = unratedNotes(dataSet);
  }

  /** Deletes predictions from before a time that nobody has rated since, once `keep`, if anybody, has done with them. */
  unratedBefore(time: Date, keep?: Keep): Promise<Expired> {
    return this.#sql.withLock(expiryLock, patienceMs, async () => {
      let batches = 0;
      let notes = 0;
      let last: BatchPosition = { created: '-infinity', batch_id: nil };
      for (;;) {
        const old = await this.#sql.rows<BatchPosition>(oldBatches, [
          ...[time, last.created, last.batch_id, mostBatches, mostNotes],
        ]);
        const end = old.at(-1);
        if (!end) return { batches, notes };
        last = end;
        const ids = old.map(({ batch_id }) => batch_id);
        await keep?.(await this.#sql.rows<UnratedNote>(this.#unrated, [ids, time]));
        const gone = await this.#sql.row<Expired>(expireUnrated, [ids, time]);
        batches += gone.batches;
        notes += gone.notes;
      }
    });
  }

  /** Models that were refused before a time, and that nothing has come to depend on. */
  async refusedModelsBefore(time: Date): Promise<string[]> {
    return (await this.#sql.rows<{ file_name: string }>(refusedModels, [time])).map(one => one.file_name);
  }

  /** Forgets them and their jobs. Their files go first: a row without a file is found again, a file without a row is not. */
  async modelsBefore(time: Date): Promise<void> {
    await this.#sql.rows(expireModels, [time]);
  }

  /** The numbers that people watch, and trainings that were put off. */
  async recordsBefore(time: Date): Promise<number> {
    return (await this.#sql.row<{ gone: number }>(expireRecords, [time])).gone;
  }

  /** The audit log, which tells of it. */
  async auditBefore(time: Date): Promise<number> {
    return (await this.#sql.row<{ gone: number }>(expireAudit, [time])).gone;
  }
}

const patienceMs = 60_000;
const nil = '00000000-0000-0000-0000-000000000000';

// The oldest first, as far as they have something that may go: of a batch all of whose other notes are rated, nothing has.
// Other programs write times that are finer than JavaScript's: as text, they come back as they are.
const oldBatches = {
  name: 'old-batches',
  text: `
    select batch_id, counted.created::text as created from (
      select batch_id, created, sum(notes) over (order by created, batch_id) - notes as before
      from (
        select batch_id, created, (select max(position) + 1 from predictions n where n.batch_id = p.batch_id) as notes
        from predictions p
        where position = 0 and created < $1 and (created, batch_id) > ($2, $3) and (
          exists (
            select from predictions other
            where other.batch_id = p.batch_id and other.position > 0 and other.is_correct is null
          )
          or not exists (select from predictions rated where rated.batch_id = p.batch_id and rated.is_correct is not null)
        )
        order by created, batch_id limit $4
      ) as oldest
    ) as counted
    where before < $5
    order by counted.created, batch_id`,
};

function unratedNotes(dataSet: DataSet): Statement {
  const text = `
    select p.batch_id, p.position, ${noteColumns(dataSet)}
    from unrated_notes($1, $2) join predictions p using (batch_id, position)
    order by p.batch_id, p.position`;
  return { name: 'unrated-notes', text };
}

const expireUnrated = {
  name: 'expire-unrated',
  text: 'select gone_batches as batches, gone_notes as notes from expire_unrated($1, $2)',
};
const refusedModels = { name: 'refused-models', text: 'select refused_models($1) as file_name' };
const expireModels = { name: 'expire-models', text: 'select expire_models($1)' };
const expireRecords = { name: 'expire-records', text: 'select expire_records($1)::int as gone' };
const expireAudit = { name: 'expire-audit', text: 'select expire_audit($1)::int as gone' };
