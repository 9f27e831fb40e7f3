import { logMetrics } from '@banknote-loop/shared/telemetry';
import type { Names } from '../names.ts';

/** Metrics that Google measures by itself, with the resource that each belongs to: https://cloud.google.com/monitoring/api/metrics_gcp. */
export const builtInMetrics = {
  'pubsub.googleapis.com/subscription/num_undelivered_messages': 'pubsub_subscription',
  'pubsub.googleapis.com/subscription/oldest_unacked_message_age': 'pubsub_subscription',
  'run.googleapis.com/container/instance_count': 'cloud_run_revision',
  'run.googleapis.com/container/memory/utilizations': 'cloud_run_revision',
  'cloudsql.googleapis.com/database/postgresql/num_backends': 'cloudsql_database',
  'redis.googleapis.com/stats/memory/usage_ratio': 'redis_instance',
} as const;

export type BuiltInMetric = keyof typeof builtInMetrics;

/** The start of a filter: which metric, of which kind of resource. */
export function selectBuiltIn(metric: BuiltInMetric): string {
  return `resource.type = "${builtInMetrics[metric]}" AND metric.type = "${metric}"`;
}

export function selectOurs(name: string): string {
  if (!logMetrics.some(metric => metric.name === name)) {
    throw new Error(`There is no metric named ${name}: see shared/src/telemetry/log-metrics.ts.`);
  }
  return `resource.type = "cloud_run_revision" AND metric.type = "logging.googleapis.com/user/${name}"`;
}

/** A filter that takes in the metrics, topics and functions of one loop, where there are several. */
export function ofLoop({ prefix }: Names, filter: string): string {
  if (prefix === '') return filter;
  return filter
    .replaceAll('logging.googleapis.com/user/', `logging.googleapis.com/user/${metricPrefix(prefix)}`)
    .replaceAll('subscription_id = "dead-letter"', `subscription_id = "${prefix}dead-letter"`)
    .replaceAll(
      'subscription_id != "dead-letter"',
      `subscription_id != "${prefix}dead-letter" AND resource.labels.subscription_id = has_substring("${prefix}")`,
    );
}

/** Metrics have names of their own for each loop: each counts the lines of its own functions. */
export function metricPrefix(prefix: string): string {
  return prefix === '' ? '' : `${prefix.slice(0, -1)}.`;
}
