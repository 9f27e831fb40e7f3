import { boundsOf, type Condition, type LogMetric } from '@banknote-loop/shared/telemetry';
import type { Names } from '../names.ts';
import { metricPrefix } from './metric-types.ts';

/**
 * A metric as Cloud Logging is told of it: https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.metrics. It
 * counts the lines of this loop's functions, by name: another loop in the project writes lines of the same kinds.
 */
export function logMetricConfig({ prefix }: Names, functionNames: readonly string[], metric: LogMetric) {
  const { name, unit, meaning, lines, value, labels } = metric;
  const conditions = Object.entries(lines).map(([field, condition]) => inFilter(field, condition));
  const services = functionNames.map(one => JSON.stringify(one)).join(' OR ');
  return {
    name: `${metricPrefix(prefix)}${name}`,
    description: meaning,
    filter: [
      'resource.type="cloud_run_revision"',
      `resource.labels.service_name=(${services})`,
      ...conditions,
    ].join(' AND '),
    metricDescriptor: {
      metricKind: 'DELTA',
      valueType: value === undefined ? 'INT64' : 'DISTRIBUTION',
      unit,
      labels: labels.map(key => ({ key, valueType: 'STRING' })),
    },
    labelExtractors: Object.fromEntries(labels.map(key => [key, `EXTRACT(jsonPayload.${key})`])),
    ...(value !== undefined && {
      valueExtractor: `EXTRACT(jsonPayload.${value})`,
      bucketOptions: { explicitBuckets: { bounds: boundsOf(metric) } },
    }),
  };
}

function inFilter(field: string, condition: Condition): string {
  const path = `jsonPayload.${field}`;
  if (condition === true) return `${path}:*`;
  if (typeof condition === 'string') return `${path}=${JSON.stringify(condition)}`;
  return 'equals' in condition ? `${path}=${condition.equals}` : `${path}>=${condition.atLeast}`;
}
