export { Queues } from './queues.ts';
export { subscriptionMetrics } from './time-series.ts';
