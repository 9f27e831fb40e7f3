import type { Names } from '../names.ts';
import { ofLoop, selectBuiltIn, selectOurs } from './metric-types.ts';

/** When somebody must look at the loop. What to do then stands in docs/operations.md under the alert's name. */
export interface Alert {
  readonly name: string;
  readonly severity: 'CRITICAL' | 'ERROR' | 'WARNING';
  readonly means: string;
  readonly filter: string;
  /** What the values of the filter are a share of. */
  readonly of?: string;
  readonly aligner: 'ALIGN_MAX' | 'ALIGN_DELTA';
  readonly above: number;
  readonly forSeconds: number;
}

const windowSeconds = 300;

const handled = selectOurs('messaging.client.consumed.messages');
const quality = selectOurs('banknote.quality.alerts');

export const alerts: readonly Alert[] = [
  {
    name: 'Dead letters present',
    severity: 'ERROR',
    means: 'A message was given up. Nothing is lost: it waits in dead-letter until somebody decides.',
    filter: `${selectBuiltIn('pubsub.googleapis.com/subscription/num_undelivered_messages')} AND resource.labels.subscription_id = "dead-letter"`,
    aligner: 'ALIGN_MAX',
    above: 0,
    forSeconds: 0,
  },
  {
    name: 'Oldest message too old',
    severity: 'CRITICAL',
    means: 'A function does not get through its messages: it fails, it is too slow, or it is not there.',
    filter: `${selectBuiltIn('pubsub.googleapis.com/subscription/oldest_unacked_message_age')} AND resource.labels.subscription_id != "dead-letter"`,
    aligner: 'ALIGN_MAX',
    above: 600,
    forSeconds: 300,
  },
  {
    name: 'Too many deliveries fail',
    severity: 'ERROR',
    means: 'More than one delivery in twenty does not end as it should.',
    filter: `${handled} AND metric.labels.outcome != "done"`,
    of: handled,
    aligner: 'ALIGN_DELTA',
    above: 0.05,
    forSeconds: 600,
  },
  {
    name: 'No champion',
    severity: 'CRITICAL',
    means: 'There is no model that could answer, so notes wait.',
    filter: selectOurs('banknote.model.missing'),
    aligner: 'ALIGN_DELTA',
    above: 0,
    forSeconds: 300,
  },
  {
    name: 'Live accuracy dropped',
    severity: 'ERROR',
    means: 'People find the live model wrong clearly more often than the one before it.',
    filter: `${quality} AND metric.labels.alert = starts_with("live accuracy")`,
    aligner: 'ALIGN_DELTA',
    above: 0,
    forSeconds: 0,
  },
  {
    name: 'Drift',
    severity: 'WARNING',
    means: 'The notes that come in are no longer like those that the model learned from.',
    filter: `${quality} AND metric.labels.alert = starts_with("drift")`,
    aligner: 'ALIGN_DELTA',
    above: 0,
    forSeconds: 0,
  },
  {
    name: 'Models refused in a row',
    severity: 'WARNING',
    means: 'No new model has been promoted for several trainings: what people say is not learned.',
    filter: `${quality} AND metric.labels.alert = starts_with("refusals")`,
    aligner: 'ALIGN_DELTA',
    above: 0,
    forSeconds: 0,
  },
  {
    name: 'Labels set aside',
    severity: 'WARNING',
    means: 'Many labels look wrong or hold learning back, and wait for a second reviewer.',
    filter: `${quality} AND metric.labels.alert = starts_with("labels")`,
    aligner: 'ALIGN_DELTA',
    above: 0,
    forSeconds: 0,
  },
];

/** https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies */
export function alertPolicy(names: Names, alert: Alert) {
  const { name, severity, means, aligner, above, forSeconds } = alert;
  const filter = ofLoop(names, alert.filter);
  const of = alert.of && ofLoop(names, alert.of);
  const aggregation = {
    alignmentPeriod: `${windowSeconds}s`,
    perSeriesAligner: aligner,
    crossSeriesReducer: aligner === 'ALIGN_MAX' ? 'REDUCE_MAX' : 'REDUCE_SUM',
    groupByFields: aligner === 'ALIGN_MAX' ? ['resource.labels.subscription_id'] : [],
  };
  return {
    displayName: `${names.title}: ${name}`,
    severity,
    enabled: true,
    documentation: {
      content: `${means} What to do: docs/operations.md, "${name}".`,
      mimeType: 'text/markdown',
    },
    combiner: 'OR',
    conditions: [
      {
        displayName: name,
        conditionThreshold: {
          filter,
          aggregations: [aggregation],
          ...(of !== undefined && { denominatorFilter: of, denominatorAggregations: [aggregation] }),
          comparison: 'COMPARISON_GT',
          thresholdValue: above,
          duration: `${forSeconds}s`,
          trigger: { count: 1 },
        },
      },
    ],
    alertStrategy: { autoClose: '86400s' },
    userLabels: { app: names.mark },
  };
}
