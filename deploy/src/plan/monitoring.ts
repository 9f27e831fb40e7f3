import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { type Command, gcloud } from '../command.ts';
import type { Lookups } from '../lookups.ts';
import { type Thing, thing } from '../step.ts';

// What Cloud Monitoring measures, shows and warns of: the files in deploy/dashboards, which are written from the
// definitions of the metrics.

/** As one would type it at the root of the repository. */
const folder = 'deploy/dashboards';
const root = join(import.meta.dirname, '../../..');

const named = z.object({ displayName: z.string() });
const logMetric = z.object({ name: z.string(), description: z.string(), filter: z.string() });
const alertPolicy = named.extend({
  documentation: z.object({ content: z.string() }),
  conditions: z.tuple([
    z.object({ conditionThreshold: z.object({ filter: z.string(), thresholdValue: z.number() }) }),
  ]),
});

/** The metrics that Cloud Logging makes of the functions' lines. */
export function logMetrics(): readonly Thing[] {
  return filesIn('metrics').map(file => {
    const { name, description, filter } = logMetric.parse(contentOf(file));
    const from = `--config-from-file=${file}`;
    return thing({
      title: `metric ${name}`,
      look: gcloud('logging', 'metrics', 'describe', name, '--format=json'),
      wants: { kind: 'fields', fields: { filter, description } },
      create: [gcloud('logging', 'metrics', 'create', name, from)],
      change: [gcloud('logging', 'metrics', 'update', name, from)],
      remove: [gcloud('logging', 'metrics', 'delete', name)],
    });
  });
}

const dashboardFile = `${folder}/dashboard.json`;
const dashboards = ['monitoring', 'dashboards'] as const;
const policies = ['alpha', 'monitoring', 'policies'] as const;

/** The dashboard stays as people have arranged it: it is made, and never overwritten. */
export function dashboard(): Thing {
  return thing({
    title: 'the dashboard',
    look: gcloud(...dashboards, 'describe', `\${${dashboardName}}`, '--format=json'),
    create: [gcloud(...dashboards, 'create', `--config-from-file=${dashboardFile}`)],
    remove: [gcloud(...dashboards, 'delete', `\${${dashboardName}}`)],
  });
}

export function alerts(): readonly Thing[] {
  return filesIn('alerts').map(file => {
    const { displayName, documentation, conditions } = alertPolicy.parse(contentOf(file));
    const [{ conditionThreshold }] = conditions;
    const name = `\${${alertName(file)}}`;
    const from = `--policy-from-file=${file}`;
    const condition = 'conditions.0.conditionThreshold';
    return thing({
      title: `alert "${displayName}"`,
      look: gcloud(...policies, 'describe', name, '--format=json'),
      wants: {
        kind: 'fields',
        fields: {
          'documentation.content': documentation.content,
          [`${condition}.filter`]: conditionThreshold.filter,
          [`${condition}.thresholdValue`]: conditionThreshold.thresholdValue,
        },
      },
      create: [gcloud(...policies, 'create', from)],
      // Whom to call is set by people, and stays.
      change: [gcloud(...policies, 'update', name, from, '--fields=conditions,documentation,severity')],
      remove: [gcloud(...policies, 'delete', name)],
    });
  });
}

/** Google gives dashboards and policies their names; ours are known by the titles that we gave them. */
export function monitoringLookups(): Lookups {
  return {
    [dashboardName]: nameByTitle(dashboards, dashboardFile),
    ...Object.fromEntries(filesIn('alerts').map(file => [alertName(file), nameByTitle(policies, file)])),
  };
}

const dashboardName = 'DASHBOARD';

function alertName(file: string): string {
  return `ALERT_${basename(file, '.json').toUpperCase().replaceAll('-', '_')}`;
}

function nameByTitle(noun: readonly string[], file: string): Command {
  const { displayName } = named.parse(contentOf(file));
  return gcloud(...noun, 'list', `--filter=displayName="${displayName}"`, '--format=value(name)');
}

function filesIn(name: string): readonly string[] {
  return readdirSync(join(root, folder, name)).map(file => `${folder}/${name}/${file}`);
}

function contentOf(file: string): unknown {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}
