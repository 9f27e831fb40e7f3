import { ownerMark, timeOrderedUuid } from '../base/ids.ts';
import type { FeedbackMessage } from '../contract/messages.ts';
import type { Forgotten, PersonExport } from '../contract/people.ts';
import type { Database } from '../postgres/database.ts';
import type { Asked } from '../postgres/people.ts';
import type { DeadLetters, OpenedLetter } from '../pubsub/dead-letters.ts';
import { rebuildCache } from '../rebuild/rebuild-cache.ts';
import type { Cache } from '../redis/cache.ts';
import { forgetCaller } from '../redis/rate-limit.ts';
import { isNamedIn } from './names.ts';

export interface PeopleTools {
  readonly db: Database;
  readonly deadLetters: Pick<DeadLetters, 'find' | 'drop'>;
}

/** All that the loop keeps of a person, and where to look in the logs, which are not ours to read. That it was asked for is on record. */
export async function exportPerson(
  person: string,
  { db, deadLetters }: PeopleTools,
  { by, address }: Asked,
): Promise<PersonExport> {
  const [records, letters] = await Promise.all([
    db.people.records(person, ownerMark(person)),
    deadLetters.find(namesPerson(person)),
  ]);
  await db.audit.record({ who: by, address, action: 'person-export', target: person });
  return {
    person,
    exported: new Date().toISOString(),
    ...records,
    dead_letters: letters.map(({ data, ...letter }) => ({ ...letter, data: data.toString('utf8') })),
    logs: { caller: person, correlation_ids: correlationIds(records) },
  };
}

/** Requests of a person are in the logs by name, and what became of their batches and ratings by the batches' ids. */
function correlationIds({ ratings, own_batches }: Pick<PersonExport, 'ratings' | 'own_batches'>): string[] {
  const rated = ratings.map(({ batch_id }) => String(batch_id));
  return [...new Set([...rated, ...own_batches])];
}

interface ForgetTools extends PeopleTools {
  readonly cache: Cache;
  /** Asks for a training. */
  readonly publishJob: (job: FeedbackMessage) => Promise<void>;
}

/**
 * Forgets a person: first in the tables, at once or not at all, and then in what lies beside them. Whatever ends this in
 * between, doing it again does the rest. With `onlyLook` nothing changes.
 */
export async function forgetPerson(
  person: string,
  { db, deadLetters, cache, publishJob }: ForgetTools,
  { onlyLook, ...asked }: Asked & { readonly onlyLook: boolean },
): Promise<Forgotten & { readonly retraining: boolean }> {
  const { unfinished, ...found } = await db.people.forget(person, asked, { onlyLook });
  const letters = new Set((await deadLetters.find(namesPerson(person))).map(({ id }) => id));
  if (onlyLook) {
    return { ...found, dead_letters: letters.size, retraining: found.found.training_rows > 0 };
  }
  const dead_letters = await deadLetters.drop(letters);
  if (unfinished) {
    await forgetCaller(cache.redis, person);
    await rebuildCache(cache, db);
    await publishJob({ batch_id: timeOrderedUuid(), subjects: [found.pseudonym], ratings: [null] });
    await db.people.finish(person);
  }
  return { ...found, dead_letters, retraining: unfinished };
}

function namesPerson(person: string): (letter: OpenedLetter) => boolean {
  return ({ data }) => isNamedIn(person, data.toString('utf8'));
}
