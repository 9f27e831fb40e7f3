import { ConflictError, NotFoundError, TransientError } from '../base/errors.ts';
import type { DecisionRequest } from '../contract/decisions.ts';
import type { ModelMessage } from '../contract/messages.ts';
import type { DecisionAnswer } from '../contract/model-answers.ts';
import type { Database } from '../postgres/database.ts';
import type { PromotedModel } from '../postgres/models.ts';

/** Whoever decides holds the lock for a few statements; where it takes longer, the next one is told to try again. */
const maxWaitMs = 15_000;

/** A decision, and from where it came. */
export type PersonsDecision = DecisionRequest & { readonly address?: string };

/** Publishes a `model` message; resolves when Pub/Sub has accepted it. */
export type Announce = (model: ModelMessage) => Promise<void>;

/**
 * Carries out what a person decided: records it, and announces the model that answers from now on once more, with the
 * decision and its time. A training that is under way then begins again, since it was about another model.
 */
export function decideManually(
  db: Database,
  request: PersonsDecision,
  announce: Announce,
): Promise<ModelMessage> {
  return db.decisions.withLock(maxWaitMs, () => decideUnderLock(db, request, announce));
}

/** The same for those who hold the lock already. */
export async function decideUnderLock(
  db: Database,
  request: PersonsDecision,
  announce: Announce,
): Promise<ModelMessage> {
  await announceLastDecision(db, announce);
  const live = await db.models.live();
  const { kind, by, why, instead_of } = request;
  if (instead_of !== undefined && instead_of !== live?.model_file_name) {
    const reason = `The model ${instead_of} does not answer now, but ${live?.model_file_name ?? 'none'}.`;
    throw new ConflictError(reason, { field: 'instead_of' });
  }
  const target = await findTarget(db, request, live);
  const trained = await readPromotable(db, target);
  const replaces = live && live.model_file_name !== target ? live.model_file_name : null;
  const created = await db.decisions.nextTime();
  const model = announcementOf(trained, { kind, made_by: by, why, replaces, created });
  // Recorded first: what the database refuses must not take effect.
  await db.models.recordAnnouncement(model, created, request.address);
  await announce(model).catch((cause: unknown) => {
    const reason = `The ${kind} is recorded, but not announced yet: the next decision or training announces it.`;
    throw new TransientError(reason, { cause });
  });
  return model;
}

/**
 * Announces the last decision again if a person made it: whoever recorded it may have died, or failed, before it was
 * announced. Everybody who decides does this first, under the lock; to those who have heard of it, it is nothing new.
 */
export async function announceLastDecision(db: Database, announce: Announce): Promise<void> {
  const [last] = await db.decisions.newest(1);
  // A training's announcement is made up for by the next training on the same rows.
  if (!last || last.kind === 'training') return;
  const trained = await db.models.announcement(last.model_file_name);
  if (trained) await announce(announcementOf(trained, last));
}

type Decision = Pick<DecisionAnswer, 'kind' | 'made_by' | 'why' | 'replaces'> & {
  readonly created: Date | string;
};

/** What was announced when the model was trained, now with the decision that lets it answer. */
function announcementOf(trained: ModelMessage, decision: Decision): ModelMessage {
  const { kind, made_by: by, why, replaces, created } = decision;
  return {
    ...trained,
    promoted: true,
    reason: why,
    created: new Date(created).toISOString(),
    decision: { kind, by, why, ...(replaces !== null && { replaces }) },
  };
}

/** Which model is to answer. */
async function findTarget(
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

async function readPromotable(db: Database, fileName: string): Promise<ModelMessage> {
  const trained = await db.models.announcement(fileName);
  if (!trained) throw new NotFoundError(`There is no model ${fileName}.`, { field: 'model_file_name' });
  if (trained.report.stored === false) {
    const reason = `The training of ${fileName} ended without a model: ${trained.reason}`;
    throw new ConflictError(reason, { field: 'model_file_name' });
  }
  return trained;
}
