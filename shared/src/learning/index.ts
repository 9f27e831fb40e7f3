export { type Folds, rowsInside, rowsOutside, stratifiedFolds } from './folds.ts';
export { learn } from './learn.ts';
export { measure } from './metrics.ts';
export { scoreRows } from './model.ts';
export { gaussian, type Random, seededRandom } from './random.ts';
export { type Column, type LabelledTable, pickRows } from './table.ts';
export { binTable } from './trees/binning.ts';
export { Booster } from './trees/booster.ts';
