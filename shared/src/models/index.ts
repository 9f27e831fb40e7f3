export { type Announce, decideByHand, decideNow } from './decide-by-hand.ts';
export { type LiveModel, LiveModelKeeper } from './live-model.ts';
export { type LoadedModel, loadClassifier } from './load.ts';
