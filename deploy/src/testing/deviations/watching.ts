import { listOf } from '../../faults.ts';
import type { Deviation } from './deviation.ts';

// Of metrics, logs, alerts and dashboard.

const alerts = 'alpha monitoring policies';

export const watching: readonly Deviation[] = [
  [
    'a metric is switched off',
    /metric banknote.refusals: disabled is true/,
    ({ set }) => set('logging metrics', 'banknote.refusals', 'disabled', true),
  ],
  [
    'a metric takes another value',
    /valueExtractor is EXTRACT\(jsonPayload.x\)/,
    ({ set }) => set('logging metrics', 'banknote.message.age', 'valueExtractor', 'EXTRACT(jsonPayload.x)'),
  ],
  [
    'an alert is deleted',
    /alert "[^"]+": it is not there/,
    ({ cloud }) => cloud.remove(alerts, 'projects/123456789/alertPolicies/1'),
  ],
  [
    'an alert looks at something else as well',
    /conditions has 2 entries/,
    ({ cloud }) => {
      const policy = cloud.find(alerts, 'projects/123456789/alertPolicies/1');
      const { conditions } = policy;
      Object.assign(policy, { conditions: [...listOf(conditions), ...listOf(conditions)] });
    },
  ],
  [
    'an alert needs all of its conditions',
    /combiner is AND/,
    ({ set }) => set(alerts, 'projects/123456789/alertPolicies/1', 'combiner', 'AND'),
  ],
  [
    'the dashboard is deleted',
    /the dashboard: it is not there/,
    ({ cloud }) => cloud.remove('monitoring dashboards', 'projects/123456789/dashboards/1'),
  ],
  [
    'a metric counts something else',
    /filter is severity>DEBUG/,
    ({ set }) => set('logging metrics', 'banknote.refusals', 'filter', 'severity>DEBUG'),
  ],
  [
    'a metric has a further label',
    /labelExtractors.who/,
    ({ set }) => set('logging metrics', 'banknote.refusals', 'labelExtractors.who', 'x'),
  ],
  [
    'log lines are not kept',
    /there should be none name banknote-loop/,
    ({ set }) => set('logging sinks', '_Default', 'exclusions', [{ name: 'banknote-loop', filter: 'x' }]),
  ],
  [
    'an alert has another threshold',
    /thresholdValue is 99/,
    ({ set }) =>
      set(alerts, 'projects/123456789/alertPolicies/1', 'conditions.0.conditionThreshold.thresholdValue', 99),
  ],
  [
    'an alert waits longer',
    /duration is 86400s/,
    ({ set }) =>
      set(alerts, 'projects/123456789/alertPolicies/1', 'conditions.0.conditionThreshold.duration', '86400s'),
  ],
  [
    'an alert is less severe',
    /severity is WARNING/,
    ({ set }) => set(alerts, 'projects/123456789/alertPolicies/2', 'severity', 'WARNING'),
  ],
  [
    'an alert is switched off',
    /enabled is false/,
    ({ set }) => set(alerts, 'projects/123456789/alertPolicies/2', 'enabled', false),
  ],
];
