import { type ModelMessage, topics } from '@banknote-loop/shared';
import type { Facts } from '@banknote-loop/shared/base';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import type { Delivery } from '@banknote-loop/shared/function';
import type { Database, InfluenceCaps } from '@banknote-loop/shared/postgres';

import { type Quality, type QualityRules, watchQuality } from '@banknote-loop/shared/quality';

import { considerTraining, type Patience } from './consider-training.ts';
import type { JudgeSettings } from './judge.ts';
import { makeModel } from './make-model.ts';
import { rollBackIfWorse } from './roll-back.ts';

interface Given
  extends Pick<
    Delivery<unknown, typeof topics.model>,
    'id' | 'time' | 'log' | 'trace' | 'linkTo' | 'publish'
  > {
  readonly db: Database;
  readonly store: ModelStore;
  readonly gate: JudgeSettings;
  readonly rules: Omit<Patience, 'hurry'> & { readonly caps: InfluenceCaps };
  readonly quality: QualityRules & {
    readonly retrainOnDrift: boolean;
    readonly rollBackOnLiveAccuracy: boolean;
  };
}

/** Trains if there is anything to learn; otherwise writes down why not. Nobody else decides on models meanwhile. */
export async function retrain(batchId: string, given: Given): Promise<Facts> {
  const startedAt = performance.now();
  const { db, rules, publish } = given;
  const quality = await heedQuality(given);
  const set = await db.training.dataSet(rules.caps);
  const live = await db.models.live();
  const hurry = given.quality.retrainOnDrift && quality.drift.some(({ drifted }) => drifted);
  const { skip, earlier } = await considerTraining(db, set, live, { ...rules, hurry });
  if (earlier) await db.training.recordRoles(earlier.job_id, set.changes);
  // Whose label an earlier training has learned finds that training from here.
  given.linkTo(earlier?.traceparent);
  if (skip) return recordSkip(skip, batchId, set.fingerprint, earlier, given);

  // A training that died between its record and its announcement is announced now.
  const model = earlier ?? (await makeModel(set, { ...given, live, startedAt }));
  await db.training.recordRoles(model.job_id, set.changes);
  await publish(topics.model, model);
  const {
    job_id: job,
    model_file_name,
    promoted,
    reason,
    records,
    accuracy,
    training_time,
    fingerprint,
  } = model;
  const facts = { promoted, reason, records, accuracy, training_seconds: training_time };
  return { job, model: model_file_name, ...facts, fingerprint };
}

async function heedQuality({ db, quality: rules, log, publish }: Given): Promise<Quality> {
  const quality = await watchQuality(db, rules, log);
  if (rules.rollBackOnLiveAccuracy) {
    await rollBackIfWorse(db, quality, model => publish(topics.model, model));
  }
  return quality;
}

async function recordSkip(
  reason: string,
  batchId: string,
  fingerprint: string,
  earlier: ModelMessage | undefined,
  { db, id, time }: Given,
): Promise<Facts> {
  await db.skippedTrainings.record({ messageId: id, batchId, fingerprint, reason }, time);
  return { skipped: reason, job: earlier?.job_id, model: earlier?.model_file_name, fingerprint };
}
