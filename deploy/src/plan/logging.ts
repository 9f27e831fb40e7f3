import { logMetrics as allMetrics, type LogMetric } from '@banknote-loop/shared/telemetry';
import { type Command, gcloud, reading } from '../command.ts';
import { logMetricConfig } from '../dashboards/log-metric-config.ts';
import { at } from '../faults.ts';
import { argumentOf, type Site } from '../site.ts';
import { type CloudResource, resource } from '../step.ts';

/** The metrics that Cloud Logging makes of the functions' lines. */
export function logMetrics(site: Site): readonly CloudResource[] {
  return allMetrics.map(metric => logMetric(site, metric));
}

function logMetric({ settings, functions, names }: Site, metric: LogMetric): CloudResource {
  const functionNames = functions.map(definition => definition.name);
  const config = logMetricConfig(names, functionNames, metric);
  const { name, description, filter, labelExtractors, valueExtractor = '' } = config;
  const write = (verb: string): Command =>
    reading(
      { name: 'log-metric', args: [metric.name, ...argumentOf(settings)] },
      gcloud('logging', 'metrics', verb, name, '--config-from-file=-'),
    );
  return resource({
    title: `metric ${name}`,
    look: gcloud('logging', 'metrics', 'describe', name, '--format=json'),
    wants: {
      kind: 'fields',
      fields: { filter, description, labelExtractors, valueExtractor, disabled: false },
      only: ['labelExtractors'],
    },
    create: [write('create')],
    change: [write('update')],
    remove: [gcloud('logging', 'metrics', 'delete', name)],
    ours: { kind: 'fields', fields: { description } },
  });
}

/** What Cloud Logging calls the levels of our lines. */
const severities = { warn: 'WARNING', error: 'ERROR', fatal: 'CRITICAL', silent: undefined } as const;

/**
 * Less important lines are written all the same, since the metrics are made of them, but are not kept: Cloud Logging
 * counts what it excludes, and does not charge for it.
 */
export function keptLogs({ settings, functions, names }: Site): CloudResource {
  const name = names.mark;
  const level = settings.LOG_LEVEL;
  const sink = ['logging', 'sinks', 'update', '_Default'];
  const look = gcloud('logging', 'sinks', 'describe', '_Default', '--format=json');
  const take = gcloud(...sink, `--remove-exclusions=${name}`);
  const path = 'exclusions';
  if (level === 'info' || level === 'debug') {
    return resource({
      title: 'all log lines are kept',
      look,
      wants: { kind: 'entry', path, fields: { name }, isAbsent: true },
      create: [take],
    });
  }
  const least = severities[level];
  const services = functions.map(definition => JSON.stringify(definition.name)).join(' OR ');
  const filter =
    `resource.type="cloud_run_revision" AND resource.labels.service_name=(${services})` +
    (least ? ` AND severity<${least}` : '');
  const exclusion = `exclusion=name=${name},filter=${filter}`;
  return resource({
    title: `log lines below ${level} are counted, and not kept`,
    look,
    wants: { kind: 'entry', path, fields: { name, filter } },
    create: [gcloud(...sink, `--add-${exclusion}`)],
    change: found => [
      gcloud(...sink, at(found, `${path}.${name}`) ? `--update-${exclusion}` : `--add-${exclusion}`),
    ],
    remove: [take],
    ours: { kind: 'entry', path, fields: { name } },
  });
}
