export type { Queues } from './queues.ts';
export { subscriptionMetrics } from './time-series.ts';
