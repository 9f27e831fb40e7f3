export { LineMeter } from './line-meter.ts';
export { boundsOf, type Condition, type LogMetric, logMetrics } from './log-metrics.ts';
export { openTracer } from './open-tracer.ts';
export type { Gauge, Measurement } from './prometheus.ts';
export type { Tracer } from './tracer.ts';
