export type { Answer } from './answers.ts';
export type { BatchPlace, BatchSummary } from './batches.ts';
export { connectPostgres, Password } from './connect.ts';
export type { DataSet, InfluenceCaps, LabelRole } from './data-set.ts';
export { Database } from './database.ts';
export type { PromotedModel } from './decisions.ts';
export type { ReceiptRecord } from './receipts.ts';
export { schemaVersion } from './schema-version.ts';
export { setUpScript } from './set-up.ts';
