import type { Database } from '@banknote-loop/shared/postgres';
import type { Context } from './context.ts';
import { readThrough } from './read-through.ts';

/** Something that happened in the loop. */
export interface LoopEvent {
  readonly event: 'batch' | 'feedback' | 'job' | 'model' | 'dead-letter';
  readonly data: object;
}

/** Answers what has happened since it was last called; the first call answers nothing. */
export type EventSource = () => Promise<readonly LoopEvent[]>;

export function eventSources(
  context: Pick<Context, 'cache' | 'db' | 'log' | 'queues'>,
): readonly EventSource[] {
  const { db, queues } = context;
  return [
    batchEvents(context),
    feedbackEvents(db),
    trainingEvents(db),
    decisionEvents(db),
    deadLetterEvents(queues),
  ];
}

const newest = 100;

function batchEvents(context: Pick<Context, 'cache' | 'db' | 'log'>): EventSource {
  const unseen = rememberSeen<string>();
  return async () => {
    const { entries } = await readThrough(
      context,
      cache => cache.newestBatches(newest),
      db => db.batches.newest(newest),
    );
    return unseen(entries, ({ batch_id }) => batch_id).map(({ batch_id, subjects, created }) => ({
      event: 'batch',
      data: { batch_id, notes: subjects.length, created },
    }));
  };
}

function feedbackEvents(db: Database): EventSource {
  let since = new Date();
  return async () => {
    const rated = await db.ratings.since(since);
    since = new Date(rated.at(-1)?.at ?? since);
    return rated.map(data => ({ event: 'feedback', data }));
  };
}

function trainingEvents(db: Database): EventSource {
  const unseen = rememberSeen<string>();
  return async () => {
    const models = unseen(await db.models.newest(newest), ({ job_id }) => job_id);
    return models.map(({ job_id, model_file_name, accuracy, records, created }) => ({
      event: 'job',
      data: { job_id, model_file_name, records, accuracy, created },
    }));
  };
}

/** Of the gate's decisions, to promote or to refuse, and of people's. */
function decisionEvents(db: Database): EventSource {
  const unseen = rememberSeen<string>();
  return async () => {
    const decisions = unseen(
      await db.decisions.newest(newest),
      ({ model_file_name, created }) => `${model_file_name} ${created}`,
    );
    return decisions.map(({ kind, model_file_name, promoted, why, created }) => ({
      event: 'model',
      data: { kind, model_file_name, promoted, reason: why, created },
    }));
  };
}

function deadLetterEvents(queues: Context['queues']): EventSource {
  let before = Number.POSITIVE_INFINITY;
  return async () => {
    const held = (await queues.list()).find(({ name }) => name === 'dead-letter')?.waiting;
    if (held === undefined) return [];
    const more = held - before;
    before = held;
    return more > 0 ? [{ event: 'dead-letter', data: { more, held } }] : [];
  };
}

/** Picks those entries of the newest that were not among them at the call before, oldest first. */
function rememberSeen<Key>() {
  let seen: ReadonlySet<Key> | undefined;
  return <Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => Key): readonly Entry[] => {
    const fresh = seen ? entries.filter(entry => !seen?.has(keyOf(entry))) : [];
    seen = new Set(entries.map(keyOf));
    return fresh.toReversed();
  };
}
