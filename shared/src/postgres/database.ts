import type { Pool } from 'pg';
import type { DataSet } from '../data-set/declaration.ts';
import { Audit } from './audit.ts';
import { Batches } from './batches.ts';
import type { Password } from './connect.ts';
import { Day } from './day.ts';
import { Decisions } from './decisions.ts';
import { Expiry } from './expiry.ts';
import { MeasuredFigures } from './figures.ts';
import { Items } from './items.ts';
import { Jobs, SkippedTrainings } from './jobs.ts';
import { Labels } from './labels.ts';
import { Models } from './models.ts';
import { People } from './people.ts';
import { Predictions } from './predictions.ts';
import { Quality } from './quality.ts';
import { Ratings } from './ratings.ts';
import { Reviewers } from './reviewers.ts';
import { Reviews } from './reviews.ts';
import { Sql } from './sql.ts';
import { Training } from './training.ts';

/**
 * What the functions do with the database, table by table. Rows come out as the contract's answers have them: a time
 * is a text in ISO 8601. A time that goes in is a `Date`.
 */
export class Database {
  readonly #sql: Sql;
  readonly predictions: Predictions;
  readonly batches: Batches;
  readonly ratings: Ratings;
  readonly training: Training;
  readonly labels: Labels;
  readonly reviewers: Reviewers;
  readonly skippedTrainings: SkippedTrainings;
  readonly jobs: Jobs;
  readonly models: Models;
  readonly decisions: Decisions;
  readonly quality: Quality;
  readonly audit: Audit;
  readonly figures: MeasuredFigures;
  readonly items: Items;
  readonly reviews: Reviews;
  readonly day: Day;
  readonly people: People;
  readonly expiry: Expiry;

  constructor(pool: Pool, password: Password, dataSet: DataSet) {
    const sql = new Sql(pool, password, dataSet);
    this.#sql = sql;
    this.predictions = new Predictions(sql, dataSet);
    this.batches = new Batches(sql, dataSet);
    this.ratings = new Ratings(sql, dataSet);
    this.training = new Training(sql, dataSet);
    this.labels = new Labels(sql, dataSet);
    this.reviewers = new Reviewers(sql);
    this.skippedTrainings = new SkippedTrainings(sql);
    this.jobs = new Jobs(sql);
    this.models = new Models(sql);
    this.decisions = new Decisions(sql);
    this.quality = new Quality(sql, dataSet);
    this.audit = new Audit(sql);
    this.figures = new MeasuredFigures(sql);
    this.items = new Items(sql, dataSet);
    this.reviews = new Reviews(sql, dataSet);
    this.day = new Day(sql);
    this.people = new People(sql);
    this.expiry = new Expiry(sql, dataSet);
  }

  /** Throws unless the database answers. */
  async ping(): Promise<void> {
    await this.#sql.rows({ name: 'ping', text: 'select' }, []);
  }

  /** The number of the last migration that the tables have been through. */
  async schemaVersion(): Promise<number> {
    return (await this.#sql.row<{ version: number }>(newestVersion, [])).version;
  }
}

const newestVersion = {
  name: 'schema-version',
  text: 'select coalesce(max(version), 0) as version from schema_versions',
};
