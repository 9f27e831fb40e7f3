import { batchSummaries } from '@banknote-loop/shared/contract';
import type { Database } from '@banknote-loop/shared/postgres';
import { fromEither } from './either.ts';
import type { Given } from './given.ts';

export interface News {
  readonly event: 'batch' | 'feedback' | 'job' | 'model' | 'dead-letter';
  readonly data: object;
}

/** One kind of news. Each look tells what has come since the look before; the first tells nothing. */
export type Source = () => Promise<readonly News[]>;

export function newsSources(given: Pick<Given, 'cache' | 'db' | 'log' | 'queues'>): readonly Source[] {
  const { db, queues } = given;
  return [batchNews(given), feedbackNews(db), trainingNews(db), decisionNews(db), deadLetterNews(queues)];
}

const newest = 100;

function batchNews(given: Pick<Given, 'cache' | 'db' | 'log'>): Source {
  const unseen = rememberSeen<string>();
  return async () => {
    const { entries } = await fromEither(
      given,
      async cache => batchSummaries.parse(await cache.newestBatches(newest)),
      db => db.batches.newest(newest),
    );
    return unseen(entries, ({ batch_id }) => batch_id).map(({ batch_id, subjects, created }) => ({
      event: 'batch',
      data: { batch_id, notes: subjects.length, created },
    }));
  };
}

function feedbackNews(db: Database): Source {
  let since = new Date();
  return async () => {
    const rated = await db.ratings.since(since);
    since = new Date(rated.at(-1)?.at ?? since);
    return rated.map(data => ({ event: 'feedback', data }));
  };
}

function trainingNews(db: Database): Source {
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
function decisionNews(db: Database): Source {
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

function deadLetterNews(queues: Given['queues']): Source {
  let before = Number.POSITIVE_INFINITY;
  return async () => {
    const held = (await queues.list()).find(({ name }) => name === 'dead-letter')?.waiting;
    if (held === undefined) return [];
    const more = held - before;
    before = held;
    return more > 0 ? [{ event: 'dead-letter', data: { more, held } }] : [];
  };
}

/** Picks those entries of the newest that were not among them at the look before, oldest first. */
function rememberSeen<Key>() {
  let seen: ReadonlySet<Key> | undefined;
  return <Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => Key): readonly Entry[] => {
    const fresh = seen ? entries.filter(entry => !seen?.has(keyOf(entry))) : [];
    seen = new Set(entries.map(keyOf));
    return fresh.toReversed();
  };
}
