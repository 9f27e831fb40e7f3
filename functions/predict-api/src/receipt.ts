import { describe } from '@banknote-loop/shared/base';
import { batchPath, type Receipt, receiptAnswer } from '@banknote-loop/shared/contract';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { HttpError, requireOwnBatch, route } from '@banknote-loop/shared/http';
import { answerRows, type LiveModel } from '@banknote-loop/shared/models';
import type { ReceiptRecord } from '@banknote-loop/shared/postgres';
import type { Context } from './context.ts';
import { describeRating } from './receipt-words.ts';

export const getReceipt = route({
  method: 'GET',
  path: '/batches/{id}/receipt',
  summary: 'What became of every rating of a batch, up to what the live model says of the item now.',
  params: batchPath,
  answer: receiptAnswer,

  async handle(
    { params: { id } },
    context: Pick<Context, 'dataSet' | 'db' | 'models' | 'log' | 'caller' | 'noteRead'>,
  ) {
    requireOwnBatch(context, id);
    const [records, live] = await Promise.all([context.db.ratings.receipt(id), currentModel(context)]);
    if (records.length === 0 && (await context.db.batches.notes(id)).length === 0) {
      throw new HttpError(404, `There is no batch ${id}, or none yet.`);
    }
    return {
      body: { batch_id: id, receipts: records.map(record => receiptOf(context.dataSet, record, live)) },
    };
  },
});

/** The rest of a receipt is worth having while no model can be. */
async function currentModel({
  models,
  log,
}: Pick<Context, 'models' | 'log'>): Promise<LiveModel | undefined> {
  try {
    return await models.current();
  } catch (error) {
    log.warn({ reason: describe(error) }, 'a receipt is given without a model');
    return undefined;
  }
}

function receiptOf(dataSet: DataSet, record: ReceiptRecord, live: LiveModel | undefined): Receipt {
  const { subject, prediction, score, predicted_by, rating, reviewer, job_id } = record;
  const wait = waitOf(record);
  return {
    subject,
    prediction,
    score,
    predicted_by,
    rating,
    // With two classes a rating says it.
    ...(dataSet.label.classes.length > 2 && { true_label: record.label }),
    reviewer,
    rated_at: record.rated_at,
    training_row: rowOf(dataSet, record),
    job_id,
    model: modelOf(record),
    now: live ? answerOf(dataSet, live, record) : null,
    live_at: record.live_at,
    correction_to_live_seconds: rating === 0 ? wait : null,
    words: describeRating(dataSet, record, wait),
  };
}

function waitOf({ live_at, rated_at }: ReceiptRecord): number | null {
  return live_at ? (Date.parse(live_at) - Date.parse(rated_at)) / 1000 : null;
}

function rowOf(
  { label }: DataSet,
  { position, training_class, role }: ReceiptRecord,
): Receipt['training_row'] {
  const known = training_class === null ? undefined : label.classes[training_class];
  return known ? { position, label: known.name, role } : null;
}

function modelOf({ model_file_name, promoted, reason }: ReceiptRecord): Receipt['model'] {
  return model_file_name === null || promoted === null
    ? null
    : { model_file_name, promoted, reason: reason ?? '' };
}

function answerOf(
  dataSet: DataSet,
  live: LiveModel,
  { features }: ReceiptRecord,
): NonNullable<Receipt['now']> {
  const { output, scores, probabilities } = answerRows(dataSet, live, [features]);
  const [prediction = ''] = output;
  const [score] = scores ?? [];
  const most = Math.max(...(probabilities?.[0] ?? []));
  return {
    model_file_name: live.fileName,
    prediction,
    probability: score === undefined ? most : Math.max(score, 1 - score),
    ...(score !== undefined && { score }),
  };
}
