import { ConflictError, NotFoundError } from '../base/errors.ts';
import type { DecisionRequest } from '../contract/decisions.ts';
import type { ModelMessage } from '../contract/messages.ts';
import type { Database } from '../postgres/database.ts';
import type { PromotedModel } from '../postgres/models.ts';

/** A training holds the lock for about a second. */
const patienceMs = 15_000;

/** Puts a `model` message on its way; resolves when it has been accepted. */
export type Announce = (model: ModelMessage) => Promise<void>;

/**
 * Makes a person's decision: the announcement of the model that shall answer is published again, with a new time and
 * the decision. No training decides meanwhile, so the two cannot contradict each other.
 */
export function decideByHand(
  db: Database,
  request: DecisionRequest,
  announce: Announce,
): Promise<ModelMessage> {
  return db.decisions.withLock(patienceMs, () => decideNow(db, request, announce));
}

/** The same for those who hold the lock already. */
export async function decideNow(
  db: Database,
  request: DecisionRequest,
  announce: Announce,
): Promise<ModelMessage> {
  const live = await db.models.live();
  const { kind, by, why, instead_of } = request;
  if (instead_of !== undefined && instead_of !== live?.model_file_name) {
    const reason = `The model ${instead_of} does not answer now, but ${live?.model_file_name ?? 'none'}.`;
    throw new ConflictError(reason, { field: 'instead_of' });
  }
  const target = await targetOf(db, request, live);
  const known = await readStored(db, target);
  const replaces = live && live.model_file_name !== target ? { replaces: live.model_file_name } : {};
  const created = await db.decisions.nextTime();
  const model: ModelMessage = {
    ...known,
    promoted: true,
    reason: why,
    created: created.toISOString(),
    decision: { kind, by, why, ...replaces },
  };
  // Announced first: if that fails nothing has happened, and if writing it down fails the announcement itself does it.
  await announce(model);
  await db.models.recordAnnouncement(model, created);
  return model;
}

/** Which model shall answer. */
async function targetOf(
  db: Database,
  request: DecisionRequest,
  live: PromotedModel | undefined,
): Promise<string> {
  if (request.kind === 'unpin') {
    if (live?.kind !== 'pin') throw new ConflictError('No model is pinned.');
    return live.model_file_name;
  }
  if (live?.kind === 'pin') {
    const { model_file_name, made_by, why } = live;
    throw new ConflictError(`The model ${model_file_name} is pinned by ${made_by} (${why}): unpin it first.`);
  }
  if (request.kind === 'promotion') return request.model_file_name;
  if (!live) throw new ConflictError('No model answers yet: promote one by its name.');
  if (request.kind === 'pin') return request.model_file_name ?? live.model_file_name;
  const before = await db.models.before(live.model_file_name);
  if (!before) throw new ConflictError(`No model answered before ${live.model_file_name}.`);
  return before;
}

async function readStored(db: Database, fileName: string): Promise<ModelMessage> {
  const known = await db.models.announcement(fileName);
  if (!known) throw new NotFoundError(`There is no model ${fileName}.`, { field: 'model_file_name' });
  if (known.report.stored === false) {
    const reason = `The training of ${fileName} ended without a model: ${known.reason}`;
    throw new ConflictError(reason, { field: 'model_file_name' });
  }
  return known;
}
