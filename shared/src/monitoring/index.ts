export { type Price, prices } from './prices.ts';
export { Queues } from './queues.ts';
export { subscriptionMetrics } from './time-series.ts';
export { type CostItem, costItem, costOfUse, type FunctionSize, rowBytes, shortened } from './use-cost.ts';
