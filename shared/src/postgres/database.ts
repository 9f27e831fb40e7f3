import type { Pool } from 'pg';
import { coalesce } from '../base/coalesce.ts';
import { classify } from '../base/errors.ts';
import type { FeedbackMessage, ModelMessage } from '../contract/messages.ts';
import { type Answer, readNewestAnswers } from './answers.ts';
import {
  type BatchNote,
  type BatchPlace,
  type BatchSummary,
  readBatch,
  readNewestBatches,
  readOlderBatches,
  readStoredAmong,
} from './batches.ts';
import type { Password } from './connect.ts';
import { type CorrectionTimes, readCorrectionTimes } from './correction-times.ts';
import {
  type DataSet,
  type InfluenceCaps,
  noteLabelRoles,
  type RoleChange,
  readDataSet,
} from './data-set.ts';
import {
  type DecisionRecord,
  modelBefore,
  nextDecisionTime,
  type PromotedModel,
  readLiveModel,
  readNewestDecisions,
} from './decisions.ts';
import {
  type JobRecord,
  type ModelRecord,
  readModelRecord,
  readNewestJobs,
  readNewestModels,
} from './job-records.ts';
import { readAnnouncement, recordAnnouncement, recordModel } from './models.ts';
import { type RatedBatch, readRatedSince } from './news.ts';
import { applyRatings, insertPredictions, type PredictedBatch, type RatingOutcome } from './predictions.ts';
import { type Histogram, type LiveAccuracy, raiseAlerts, readDrift, readLiveAccuracy } from './quality.ts';
import { type ReceiptRecord, readReceipt } from './receipts.ts';
import { type ReviewNote, type ReviewOrder, readNotesToReview } from './review.ts';
import { drawSamples, type SampleNote } from './samples.ts';
import { readSchemaVersion } from './schema-version.ts';
import { Sql } from './sql.ts';
import { type SyncOutcome, syncTrainingRows } from './training-rows.ts';
import {
  type EarlierTraining,
  minutesSinceTraining,
  type Rollback,
  readNewestSkipped,
  recordSkippedTraining,
  rollbackOf,
  type SkippedTraining,
  trainingOn,
} from './trainings.ts';

/** Any number will do, as long as everybody uses the same. */
const decisionLock = 20_120_816;

/** So many rows of several messages share a statement at most. */
const maxSharedRows = 5_000;

/** What the functions do with the database, in their own words. */
export class Database {
  readonly #sql: Sql;

  /** Stores a batch's predictions, together with those that arrive at the same moment. */
  readonly storePredictions: (batch: PredictedBatch) => Promise<void>;

  constructor(pool: Pool, password: Password) {
    const sql = new Sql(pool, password);
    this.#sql = sql;
    this.storePredictions = coalesce(batches => insertPredictions(sql, batches), {
      sizeOf: batch => batch.prediction.subjects.length,
      maxSize: maxSharedRows,
      isItemError: error => classify(error) === 'permanent',
    });
  }

  applyRatings(feedback: FeedbackMessage, time: Date): Promise<RatingOutcome> {
    return applyRatings(this.#sql, feedback, time);
  }

  syncTrainingRows(batchId: string, subjects: readonly string[]): Promise<SyncOutcome> {
    return syncTrainingRows(this.#sql, batchId, subjects);
  }

  readDataSet(caps: InfluenceCaps): Promise<DataSet> {
    return readDataSet(this.#sql, caps);
  }

  noteLabelRoles(jobId: string, changes: readonly RoleChange[]): Promise<void> {
    return noteLabelRoles(this.#sql, jobId, changes);
  }

  newestAnswers(count: number): Promise<Answer[]> {
    return readNewestAnswers(this.#sql, count);
  }

  newestBatches(count: number): Promise<BatchSummary[]> {
    return readNewestBatches(this.#sql, count);
  }

  /** All notes of a batch, in its order; none if there is no such batch. */
  batch(batchId: string): Promise<BatchNote[]> {
    return readBatch(this.#sql, batchId);
  }

  /** The batches that follow a place in the list of the newest. */
  olderBatches(count: number, than: BatchPlace): Promise<BatchSummary[]> {
    return readOlderBatches(this.#sql, count, than);
  }

  /** Which of these batches are stored. */
  storedAmong(batchIds: readonly string[]): Promise<string[]> {
    return readStoredAmong(this.#sql, batchIds);
  }

  notesToReview(order: ReviewOrder, count: number): Promise<ReviewNote[]> {
    return readNotesToReview(this.#sql, order, count);
  }

  ratedSince(instant: Date): Promise<RatedBatch[]> {
    return readRatedSince(this.#sql, instant);
  }

  drawSamples(count: number): Promise<SampleNote[]> {
    return drawSamples(this.#sql, count);
  }

  schemaVersion(): Promise<number> {
    return readSchemaVersion(this.#sql);
  }

  /** Throws unless the database answers. */
  async ping(): Promise<void> {
    await this.#sql.rows({ name: 'ping', text: 'select' }, []);
  }

  newestJobs(count: number): Promise<JobRecord[]> {
    return readNewestJobs(this.#sql, count);
  }

  newestModels(count: number): Promise<ModelRecord[]> {
    return readNewestModels(this.#sql, count);
  }

  modelRecord(fileName: string): Promise<ModelRecord | undefined> {
    return readModelRecord(this.#sql, fileName);
  }

  newestDecisions(count: number): Promise<DecisionRecord[]> {
    return readNewestDecisions(this.#sql, count);
  }

  /** What became of each rating of a batch. */
  receipt(batchId: string): Promise<ReceiptRecord[]> {
    return readReceipt(this.#sql, batchId);
  }

  correctionTimes(): Promise<CorrectionTimes> {
    return readCorrectionTimes(this.#sql);
  }

  liveAccuracy(days: number): Promise<LiveAccuracy[]> {
    return readLiveAccuracy(this.#sql, days);
  }

  drift(rows: number): Promise<Histogram[]> {
    return readDrift(this.#sql, rows);
  }

  raiseAlerts(names: readonly string[]): Promise<string[]> {
    return raiseAlerts(this.#sql, names);
  }

  /** Runs what decides on models, a training or a person's word, while nobody else anywhere decides. */
  whileDecidingAlone<T>(waitMs: number, work: () => Promise<T>): Promise<T> {
    return this.#sql.withLock(decisionLock, waitMs, work);
  }

  nextDecisionTime(): Promise<Date> {
    return nextDecisionTime(this.#sql);
  }

  liveModel(): Promise<PromotedModel | undefined> {
    return readLiveModel(this.#sql);
  }

  modelBefore(fileName: string): Promise<string | undefined> {
    return modelBefore(this.#sql, fileName);
  }

  announcement(fileName: string): Promise<ModelMessage | undefined> {
    return readAnnouncement(this.#sql, fileName);
  }

  trainingOn(fingerprint: string, liveModel: string | undefined): Promise<EarlierTraining | undefined> {
    return trainingOn(this.#sql, fingerprint, liveModel);
  }

  rollbackOf(fingerprint: string): Promise<Rollback | undefined> {
    return rollbackOf(this.#sql, fingerprint);
  }

  minutesSinceTraining(): Promise<number | undefined> {
    return minutesSinceTraining(this.#sql);
  }

  recordSkippedTraining(skipped: SkippedTraining): Promise<void> {
    return recordSkippedTraining(this.#sql, skipped);
  }

  newestSkippedTrainings(count: number): Promise<SkippedTraining[]> {
    return readNewestSkipped(this.#sql, count);
  }

  recordModel(model: ModelMessage, time: Date): Promise<void> {
    return recordModel(this.#sql, model, time);
  }

  /** Answers whether a training was announced that was not known yet. */
  recordAnnouncement(model: ModelMessage, time: Date): Promise<boolean> {
    return recordAnnouncement(this.#sql, model, time);
  }
}
