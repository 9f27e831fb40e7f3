// Without files and folders, so that the page can have it, too; those are in `files-index.ts`.
export { csvLine } from './cell.ts';
export {
  CsvReader,
  readItemsCsv,
  readUntrustedCsv,
  readValue,
  type WrittenItem,
  writeItemsCsv,
} from './csv.ts';
export type { CategoryFeature, Class, DataSet, Feature, NumberFeature, YesNoFeature } from './declaration.ts';
export { type Change, diffDataSets } from './diff.ts';
export { didYouMean } from './nearest.ts';
export { perDataSet } from './per-data-set.ts';
export {
  columnsOf,
  countOutOfRange,
  decodeRow,
  encodeRow,
  encodeRows,
  exampleRow,
  explainRow,
  isRow,
  namedFromRow,
  outOfRange,
  type Row,
  rowFromNamed,
  type Value,
} from './row.ts';
export { unlikeFrom } from './unlike.ts';
