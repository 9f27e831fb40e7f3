import { type ModelMessage, PermanentError, topics } from '@banknote-loop/shared';
import { type Facts, formatTraceparent } from '@banknote-loop/shared/base';
import { contentHash } from '@banknote-loop/shared/bucket';
import { classificationReport, decodeModelFile, encodeModelFile } from '@banknote-loop/shared/classifier';
import { OnnxError } from '@banknote-loop/shared/learning';
import { announceLastDecision, isCandidate, refuseRolledBack } from '@banknote-loop/shared/models';
import { judge, reportOn, respectPin } from './judge.ts';
import { describeData, fileNameOf, startStopwatch } from './make-model.ts';
import type { RetrainContext } from './retrain.ts';
import { loadChampion, whyPinLapsed } from './rival.ts';

export interface UploadedModel {
  readonly job_id: string;
  /** Its file, which was checked when it came in. */
  readonly candidate: string;
  readonly by: string;
}

type CandidateContext = Omit<RetrainContext, 'decideAlone'>;

/** Judges a model from elsewhere as one of our own: by the same rows, rules and reports. */
export async function judgeCandidate(candidate: UploadedModel, context: CandidateContext): Promise<Facts> {
  const { db, publish } = context;
  await announceLastDecision(db, model => publish(topics.model, model));
  // Judged before, and not announced then, or not heard of: it is announced again.
  const model = (await db.models.ofJob(candidate.job_id)) ?? (await judgeOnce(candidate, context));
  await publish(topics.model, model);
  const { model_file_name, promoted, reason, accuracy } = model;
  return { job: model.job_id, model: model_file_name, promoted, reason, accuracy, by: candidate.by };
}

/** What did not show when it came in may show now: more rows are asked, and a model of somebody else's is what it is. */
async function judgeOnce(candidate: UploadedModel, context: CandidateContext): Promise<ModelMessage> {
  try {
    return await judgeAnew(candidate, context);
  } catch (error) {
    if (!(error instanceof OnnxError)) throw error;
    throw new PermanentError(`The model ${candidate.candidate} is refused: ${error.message}`);
  }
}

async function judgeAnew(
  { job_id, candidate, by }: UploadedModel,
  context: CandidateContext,
): Promise<ModelMessage> {
  const { dataSet, db, store, gate, rules, trace } = context;
  const secondsOfStep = startStopwatch(performance.now());
  // A model that a training of ours made has been judged, and may have been taken out since.
  const content = isCandidate(candidate) ? await store.find(candidate) : undefined;
  if (content === undefined) throw new PermanentError(`The bucket has no model ${candidate} to be judged.`);
  const { model, answer, probabilities, ...facts } = decodeModelFile(dataSet, content);
  await refuseRolledBack(db, facts.fingerprint);
  const set = await db.training.dataSet(rules.caps);
  const live = await db.models.live();
  const champion = await loadChampion(dataSet, { db, store }, live?.model_file_name);
  const data_prep_time = secondsOfStep();

  const answers = await db.predictions.newest(gate.flipRows);
  const judgement = judge({ answer, probabilities }, { dataSet, champion, set, answers, settings: gate });
  const decision = respectPin(judgement.decision, live, await whyPinLapsed(dataSet, { db, store }, live));
  const { accuracy = 0, logLoss = 0 } = decision.challenger ?? {};
  const testing_time = secondsOfStep();

  const decidedAt = await db.decisions.nextTime();
  const created = decidedAt.toISOString();
  const model_file_name = fileNameOf(decidedAt);
  const metrics = { trainingRows: 0, holdOutRows: set.holdout.count, accuracy, logLoss };
  const text = encodeModelFile(dataSet, { ...facts, created, metrics, model });
  await store.save(model_file_name, text);
  const message: ModelMessage = {
    job_id,
    model_file_name,
    records: 0,
    accuracy,
    report: {
      ...(decision.challenger && classificationReport(decision.challenger)),
      ...reportOn(dataSet, decision, judgement.flips),
      data: describeData(set),
      backend: facts.backend,
      submitted_by: by,
      stored: true,
    },
    data_prep_time,
    training_time: 0,
    testing_time,
    promoted: decision.promoted,
    reason: decision.reason,
    fingerprint: facts.fingerprint,
    parent: champion?.fileName ?? null,
    content_sha256: contentHash(text),
    created,
    traceparent: formatTraceparent(trace),
  };
  await db.models.record(message, decidedAt);
  return message;
}
