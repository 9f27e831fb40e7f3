export type { BatchPosition } from './batches.ts';
export { connectPostgres, Password } from './connect.ts';
export { Database } from './database.ts';
export { type Migration, migrationScript, readMigrations } from './migrations.ts';
export type { PromotedModel } from './models.ts';
export type { RatedPrediction } from './predictions.ts';
export type { ReceiptRecord } from './ratings.ts';
export { setUpScript } from './set-up.ts';
export type { InfluenceCaps, LabelRole, TrainingData } from './training-data.ts';
