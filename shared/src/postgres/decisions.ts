import { uuidFromName } from '../base/ids.ts';
import type { Facts } from '../base/log.ts';
import { shareNext } from '../base/share-next.ts';
import type { ModelMessage } from '../contract/messages.ts';
import type { DecisionAnswer } from '../contract/model-answers.ts';
import type { Sql } from './sql.ts';

export type Rollback = Pick<DecisionAnswer, 'model_file_name' | 'made_by' | 'why' | 'created'>;

/** Any numbers will do, as long as everybody uses the same. */
const decisionLock = 20_120_816;
/** Held for as long as a training takes. */
export const trainingLock = 20_120_818;

/** Runs what decides on models while nobody else anywhere decides. */
export type DecideAlone = <T>(work: () => Promise<T>) => Promise<T>;

/** What was decided on models, by the gate after a training or by people. */
export class Decisions {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  newest(count: number): Promise<DecisionAnswer[]> {
    return this.#sql.rows<DecisionAnswer>(newestDecisions, [count]);
  }

  /** The rollback of a model that was trained on exactly these rows, if there was one. */
  rollbackOf(fingerprint: string): Promise<Rollback | undefined> {
    return this.#sql.find<Rollback>(rollbackOfRows, [fingerprint]);
  }

  /** Runs what decides on models while nobody else anywhere decides. */
  withLock<T>(waitMs: number, work: () => Promise<T>): Promise<T> {
    return this.#sql.withLock(decisionLock, waitMs, work);
  }

  /**
   * Runs a training while nobody else anywhere trains. It may take its time: people decide meanwhile, and it takes the
   * lock of decisions for those moments only in which it decides itself. Those of one process that wait for their turn
   * share the training of the first of them: what is known then includes what each of them was about.
   */
  readonly whileTraining = shareNext(
    (waitMs: number, work: (decideAlone: DecideAlone) => Promise<Facts>): Promise<Facts> =>
      this.#sql.withLock(trainingLock, waitMs, also => work(moment => also(decisionLock, moment))),
  );

  /**
   * The time of a decision that is made now. Asked for under the lock of decisions it is later than every decision's
   * before, so that the order of decisions is the order of their times, however the clocks of instances differ.
   */
  async nextTime(): Promise<Date> {
    const { time } = await this.#sql.row<{ time: string }>(nextTime, []);
    return new Date(time);
  }

  /** Writes down the decision that a `model` message announces, and from where it came; the same one again adds nothing. */
  async record(model: ModelMessage, time: Date, address?: string): Promise<void> {
    const { model_file_name, promoted, decision } = model;
    const { kind, by, why, replaces } = decision ?? byTheGate(model);
    const created = model.created ? new Date(model.created) : time;
    const id = uuidFromName('decision', kind, model_file_name, created.toISOString());
    const values = [id, kind, model_file_name, promoted, by, why, replaces ?? null, created, address ?? null];
    await this.#sql.rows(insertDecision, values);
  }
}

function byTheGate({ reason }: ModelMessage): NonNullable<ModelMessage['decision']> {
  return { kind: 'training', by: 'training', why: reason };
}

const nextTime = {
  name: 'next-decision-time',
  text: `
    select greatest(date_trunc('milliseconds', clock_timestamp()), max(created) + interval '1 millisecond') as time
    from decisions`,
};

const insertDecision = {
  name: 'insert-decision',
  text: `
    with made as (
      insert into decisions (id, kind, model_file_name, promoted, made_by, why, replaces, created)
      values ($1, $2, $3, $4, $5, $6, $7, $8)
      on conflict do nothing
      returning *
    )
    insert into audit (who, address, action, target, before, after)
    select made_by, $9, 'model-decision', model_file_name,
      (
        select jsonb_build_object('kind', kind, 'model_file_name', model_file_name) from decisions
        where promoted and created < $8 order by created desc, model_file_name desc limit 1
      ),
      jsonb_build_object('kind', kind, 'model_file_name', model_file_name, 'promoted', promoted, 'why', why)
    from made`,
};

const newestDecisions = {
  name: 'newest-decisions',
  text: `
    select kind, model_file_name, promoted, made_by, why, replaces, created
    from decisions order by created desc, model_file_name desc limit $1`,
};

// A person who promotes such a model again takes the rollback back.
const rollbackOfRows = {
  name: 'rollback-of-rows',
  text: `
    select undone.replaces as model_file_name, undone.made_by, undone.why, undone.created
    from decisions undone join models on models.file_name = undone.replaces
    where undone.kind = 'rollback' and fingerprint = $1 and not exists (
      select from decisions again join models on models.file_name = again.model_file_name
      where again.kind in ('promotion', 'pin') and fingerprint = $1 and again.created > undone.created
    )
    order by undone.created desc limit 1`,
};
