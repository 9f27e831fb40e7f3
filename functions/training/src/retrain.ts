import { type ModelMessage, topics } from '@banknote-loop/shared';
import type { Facts } from '@banknote-loop/shared/base';
import type { QualityAnswer } from '@banknote-loop/shared/contract';
import type { Delivery } from '@banknote-loop/shared/function';
import { announceLastDecision, decideUnderLock } from '@banknote-loop/shared/models';
import type { PromotedModel, SelectionRules, TrainingData } from '@banknote-loop/shared/postgres';
import { checkQuality, type QualitySettings } from '@banknote-loop/shared/quality';
import { type CheckContext, checkLabels } from './labels/check-labels.ts';
import { noteOutvoted } from './labels/outvoted.ts';
import { type QuarantineContext, quarantine } from './labels/quarantine.ts';
import { DecidedMeanwhile, makeModel, type TrainingContext } from './make-model.ts';
import { repeatBest } from './repeat-best.ts';

/** When it is time for a training. */
export interface RetrainPolicy {
  /** With fewer new or changed labels than this, a training is put off. */
  readonly afterRows: number;
  /** But not for longer than this after the last one; 0 waits for the labels alone. */
  readonly afterMinutes: number;
  /** Which rows are learned from. */
  readonly caps: SelectionRules;
}

export interface RetrainContext
  extends Pick<TrainingContext, 'dataSet' | 'db' | 'store' | 'gate' | 'decideAlone'>,
    Pick<Delivery<unknown, typeof topics.model>, 'id' | 'time' | 'log' | 'trace' | 'linkTo' | 'publish'> {
  readonly rules: RetrainPolicy & CheckContext['rules'] & QuarantineContext['rules'];
  readonly quality: QualitySettings & {
    readonly retrainOnDrift: boolean;
    readonly rollBackOnLiveAccuracy: boolean;
  };
}

/** What is known of the rows before a training on them. */
interface Precheck {
  /** Why there is nothing to train now, if so. */
  readonly skip?: string;
  /** The training that these rows have had already. */
  readonly earlier?: ModelMessage;
}

/** Somebody who decides more often than this while a training is under way lets it wait for its next turn. */
const mostBeginnings = 3;

/** Trains if there is anything to learn; otherwise writes down why not. It begins again where a person decides meanwhile. */
export async function retrain(batchId: string, context: RetrainContext): Promise<Facts> {
  for (let nth = 1; nth < mostBeginnings; nth += 1) {
    try {
      return await retrainOnce(batchId, context);
    } catch (error) {
      if (!(error instanceof DecidedMeanwhile)) throw error;
      context.log.info({ nth }, 'somebody decided on models meanwhile: the training begins again');
    }
  }
  return retrainOnce(batchId, context);
}

async function retrainOnce(batchId: string, context: RetrainContext): Promise<Facts> {
  const startedAt = performance.now();
  const { db, rules, publish, decideAlone } = context;
  await decideAlone(() => announceLastDecision(db, model => publish(topics.model, model)));
  const quality = await checkQuality(db, context.quality, context.log);
  if (context.quality.rollBackOnLiveAccuracy) await decideAlone(() => rollBackIfWorse(quality, context));
  const labels = await checkLabels(context);
  if (labels.far > 0) {
    context.log.warn({ labels: labels.far }, 'labels are learned that no trusted row says anything about');
  }
  const set = await db.training.dataSet(rules.caps);
  const live = await db.models.live();
  const force = context.quality.retrainOnDrift && quality.drift.some(({ drifted }) => drifted);
  const { skip, earlier } = await precheck(set, live, force, context);
  if (earlier) await db.training.recordRoles(earlier.job_id, set.changes);
  // Whose label an earlier training has learned finds that training from here.
  context.linkTo(earlier?.traceparent);
  if (skip) return recordSkip(skip, batchId, set.fingerprint, earlier, context);

  // A training that died between its record and its announcement is announced now.
  const { model, rows } = earlier
    ? { model: earlier, rows: set }
    : await makePassing(set, { ...context, live, startedAt });
  await publish(topics.model, model);
  await noteOutvoted(model, context);
  if (!earlier) await repeatBest(model, rows, context);
  const { promoted, reason, records, accuracy, fingerprint } = model;
  const { setAside, refusalsInARow } = await db.quality.learning();
  return {
    job: model.job_id,
    model: model.model_file_name,
    promoted,
    reason,
    records,
    accuracy,
    training_seconds: model.training_time,
    fingerprint,
    labels_set_aside: setAside,
    refusals_in_a_row: refusalsInARow,
  };
}

/** Where the model without them is refused, too, others are looked for, but not for ever. */
const mostModels = 3;

/** Makes a model; where it is refused for labels that hold learning back, another one without them. */
async function makePassing(
  set: TrainingData,
  context: RetrainContext & Pick<TrainingContext, 'live' | 'startedAt'>,
): Promise<{ readonly model: ModelMessage; readonly rows: TrainingData }> {
  const { db, rules, publish } = context;
  let rows = set;
  let model = await makeModel(rows, context);
  for (let nth = 1; nth < mostModels && !model.promoted; nth += 1) {
    if ((await quarantine(rows, model, context)) === 0) break;
    await publish(topics.model, model);
    rows = await db.training.dataSet(rules.caps);
    model = await makeModel(rows, { ...context, startedAt: performance.now() });
  }
  await db.training.recordRoles(model.job_id, rows.changes);
  return { model, rows };
}

/** Finds out whether these rows are worth a training now. */
async function precheck(
  { fingerprint, changes }: TrainingData,
  live: PromotedModel | undefined,
  force: boolean,
  { db, rules }: RetrainContext,
): Promise<Precheck> {
  const done = await db.models.trainedOn(fingerprint, live?.model_file_name);
  // Of a first model that had to be there soon, the choice is made once more, in the time that it takes.
  const isLive = done?.message.model_file_name === live?.model_file_name;
  if (done?.announced && isLive && done.message.report.learning?.hurried) return {};
  if (done?.announced) {
    const skip = `These rows have been trained on already, for ${done.message.model_file_name}.`;
    return { skip, earlier: done.message };
  }
  if (done) return { earlier: done.message };
  const undone = await db.decisions.rollbackOf(fingerprint);
  if (undone) {
    const { model_file_name, made_by, why } = undone;
    return { skip: `The model of these rows, ${model_file_name}, was rolled back by ${made_by}: ${why}` };
  }
  if (force || !(await isTooEarly(changes.length, { db, rules }))) return {};
  return {
    skip: `Put off: ${changes.length} labels have changed, and ${rules.afterRows} are worth a training.`,
  };
}

/** Rows that only went, with a label that was withdrawn, are no reason to wait: the model must forget them. */
async function isTooEarly(
  changed: number,
  { db, rules: { afterRows, afterMinutes } }: Pick<RetrainContext, 'db' | 'rules'>,
): Promise<boolean> {
  if (changed === 0 || changed >= afterRows) return false;
  const minutes = await db.models.minutesSinceNewest();
  if (minutes === undefined) return false;
  return afterMinutes === 0 || minutes < afterMinutes;
}

/** Brings the model before back if people find the live one wrong clearly more often. A pinned model stays. */
async function rollBackIfWorse(quality: QualityAnswer, { db, publish }: RetrainContext): Promise<void> {
  const { better_before, models } = quality;
  const live = await db.models.live();
  if (better_before === null || live?.kind === 'pin') return;
  const ofModel = (name: string | null) => models.find(({ model_file_name }) => model_file_name === name);
  const [now, before] = [ofModel(quality.live_model), ofModel(better_before)];
  const why = `People found ${now?.correct} of ${now?.rated} answers right, and ${before?.correct} of ${before?.rated} of the model before.`;
  await decideUnderLock(db, { kind: 'rollback', by: 'live accuracy', why }, model =>
    publish(topics.model, model),
  );
}

async function recordSkip(
  reason: string,
  batchId: string,
  fingerprint: string,
  earlier: ModelMessage | undefined,
  { db, id, time }: RetrainContext,
): Promise<Facts> {
  await db.skippedTrainings.record({ messageId: id, batchId, fingerprint, reason }, time);
  return { skipped: reason, job: earlier?.job_id, model: earlier?.model_file_name, fingerprint };
}
