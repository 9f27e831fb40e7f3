import { deadLetterTopic, topics } from '@banknote-loop/shared/contract';
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

/**
 * A filter that takes in the metrics and topics of one loop: others may be in the project. Subscriptions are told by their
 * topics, since Eventarc gives most of them names of its own making.
 */
export function ofLoop({ prefix }: Names, filter: string): string {
  const ours = filter
    .replaceAll('logging.googleapis.com/user/', `logging.googleapis.com/user/${metricPrefix(prefix)}`)
    .replaceAll('"dead-letter"', `"${prefix}${deadLetterTopic}"`);
  if (!filter.includes('"pubsub_subscription"')) return ours;
  const names = [...Object.values(topics).map(({ name }) => name), deadLetterTopic];
  return `${ours} AND metadata.system_labels.topic_id = one_of(${names.map(name => `"${prefix}${name}"`).join(', ')})`;
}

/** Metrics have names of their own for each loop: each counts the lines of its own functions. */
export function metricPrefix(prefix: string): string {
  return prefix === '' ? '' : `${prefix.slice(0, -1)}.`;
}
