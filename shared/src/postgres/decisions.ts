import { uuidFromName } from '../base/ids.ts';
import type { DecisionKind } from '../contract/decisions.ts';
import type { ModelMessage } from '../contract/messages.ts';
import type { Sql } from './sql.ts';

/** The model that answers now, as the database knows it, and how it came to that. */
export interface PromotedModel {
  readonly model_file_name: string;
  readonly accuracy: number;
  readonly fingerprint: string | null;
  readonly kind: DecisionKind;
  readonly made_by: string;
  readonly why: string;
  readonly created: Date;
}

const newestPromoting = {
  name: 'newest-promoting-decision',
  text: `
    select model_file_name, (message->>'accuracy')::float8 as accuracy, fingerprint, kind, made_by, why, decisions.created
    from decisions join models on models.file_name = model_file_name
    where decisions.promoted order by decisions.created desc, model_file_name desc limit 1`,
};

export async function readLiveModel(sql: Sql): Promise<PromotedModel | undefined> {
  const [row] = await sql.rows<PromotedModel>(newestPromoting, []);
  return row;
}

const previousModel = {
  name: 'previous-model',
  text: `
    select model_file_name from decisions
    where promoted and model_file_name <> $1
      and model_file_name not in (select replaces from decisions where kind = 'rollback' and replaces is not null)
    order by created desc, model_file_name desc limit 1`,
};

/** The model that answered before this one and was not rolled back itself. */
export async function modelBefore(sql: Sql, fileName: string): Promise<string | undefined> {
  const [row] = await sql.rows<{ model_file_name: string }>(previousModel, [fileName]);
  return row?.model_file_name;
}

const nextTime = {
  name: 'next-decision-time',
  text: `
    select greatest(date_trunc('milliseconds', clock_timestamp()), max(created) + interval '1 millisecond') as time
    from decisions`,
};

/**
 * The time of a decision that is made now. Asked for under the lock of trainings it is later than every decision's
 * before, so that the order of decisions is the order of their times, however the clocks of instances differ.
 */
export async function nextDecisionTime(sql: Sql): Promise<Date> {
  return (await sql.row<{ time: Date }>(nextTime, [])).time;
}

const insertDecision = {
  name: 'insert-decision',
  text: `
    insert into decisions (id, kind, model_file_name, promoted, made_by, why, replaces, created)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict do nothing`,
};

/** Writes down the decision that a `model` message announces; the same one again adds nothing. */
export async function recordDecision(sql: Sql, model: ModelMessage, time: Date): Promise<void> {
  const { model_file_name, promoted, decision } = model;
  const { kind, by, why, replaces } = decision ?? byTheGate(model);
  const created = model.created ? new Date(model.created) : time;
  const id = uuidFromName('decision', kind, model_file_name, created.toISOString());
  await sql.rows(insertDecision, [id, kind, model_file_name, promoted, by, why, replaces ?? null, created]);
}

function byTheGate({ reason }: ModelMessage): NonNullable<ModelMessage['decision']> {
  return { kind: 'training', by: 'training', why: reason };
}

export interface DecisionRecord {
  readonly kind: DecisionKind;
  readonly model_file_name: string;
  readonly promoted: boolean;
  readonly made_by: string;
  readonly why: string;
  readonly replaces: string | null;
  readonly created: Date;
}

const newestDecisions = {
  name: 'newest-decisions',
  text: `
    select kind, model_file_name, promoted, made_by, why, replaces, created
    from decisions order by created desc, model_file_name desc limit $1`,
};

export function readNewestDecisions(sql: Sql, count: number): Promise<DecisionRecord[]> {
  return sql.rows<DecisionRecord>(newestDecisions, [count]);
}
