import type { Pool } from 'pg';
import { coalesce } from '../coalesce.ts';
import type { FeedbackMessage, ModelMessage } from '../contract/messages.ts';
import { classify } from '../errors.ts';
import { type Answer, readNewestAnswers } from './answers.ts';
import { type BatchNote, type BatchSummary, readBatch, readNewestBatches } from './batches.ts';
import type { Password } from './connect.ts';
import { type DataSet, readDataSet } from './data-set.ts';
import { type JobRecord, type ModelRecord, readNewestJobs, readNewestModels } from './job-records.ts';
import {
  type EarlierTraining,
  type PromotedModel,
  readLiveModel,
  recordJob,
  recordModel,
  trainingOn,
} from './models.ts';
import { applyRatings, insertPredictions, type PredictedBatch, type RatingOutcome } from './predictions.ts';
import { Sql } from './sql.ts';
import { type SyncOutcome, syncTrainingRows } from './training-rows.ts';

/** Any number will do, as long as every training uses the same. */
const trainingLock = 20_120_816;

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
      liesInPiece: error => classify(error) === 'permanent',
    });
  }

  applyRatings(feedback: FeedbackMessage, time: Date): Promise<RatingOutcome> {
    return applyRatings(this.#sql, feedback, time);
  }

  syncTrainingRows(batchId: string, subjects: readonly string[]): Promise<SyncOutcome> {
    return syncTrainingRows(this.#sql, batchId, subjects);
  }

  readDataSet(): Promise<DataSet> {
    return readDataSet(this.#sql);
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

  newestJobs(count: number): Promise<JobRecord[]> {
    return readNewestJobs(this.#sql, count);
  }

  newestModels(count: number): Promise<ModelRecord[]> {
    return readNewestModels(this.#sql, count);
  }

  /** Runs a training while no other instance anywhere runs one. */
  whileTrainingAlone<T>(waitMs: number, work: () => Promise<T>): Promise<T> {
    return this.#sql.withLock(trainingLock, waitMs, work);
  }

  trainingOn(fingerprint: string): Promise<EarlierTraining | undefined> {
    return trainingOn(this.#sql, fingerprint);
  }

  liveModel(): Promise<PromotedModel | undefined> {
    return readLiveModel(this.#sql);
  }

  recordModel(model: ModelMessage, time: Date): Promise<void> {
    return recordModel(this.#sql, model, time);
  }

  recordJob(model: ModelMessage, time: Date): Promise<boolean> {
    return recordJob(this.#sql, model, time);
  }
}
