import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keepSettings } from '@banknote-loop/shared/expiry';
import { databaseSettings, messagingSettings, redisSettings } from '@banknote-loop/shared/resources';
import type { Lookups } from '../command.ts';
import { dictionary, gcloud } from '../command.ts';
import { allVariables } from '../environment.ts';
import { artefactOf, emailOf, type Site } from '../site.ts';
import { type CloudResource, labelOf, resource, type Step } from '../step.ts';
import { containerFields, limitFields } from './container.ts';
import { imageOf, toolsImage } from './images.ts';
import { egressFields, egressFlags } from './network.ts';

// The tools of the command line need Redis and the database, which have private addresses only: they run inside the
// network, as a job that waits for somebody to ask for it.

/** The job, and Redis filled by it. */
export function tools(site: Site): readonly Step[] {
  const refill = site.settings.REDISHOST ? [] : [filledRedis(site)];
  return [toolsImage(site), job(site), ...refill];
}

/** What it does unless it is told something else, which looks around and changes nothing. */
const [command, script] = ['node', 'scripts/doctor.ts'];
const timeoutSeconds = 3600;
const limits = { cpu: 1, memory: '1024Mi' } as const;

function job(site: Site): CloudResource {
  const region = `--region=${site.settings.REGION}`;
  const artefact = artefactOf(site, site.names.tools);
  const deploy = gcloud(
    ...['run', 'jobs', 'deploy', site.names.toolsJob, `--image=${imageOf(site, site.names.tools)}`, region],
    ...[`--service-account=${emailOf(site, site.names.toolsJob)}`, ...egressFlags(site)],
    ...[`--command=${command}`, `--args=${script}`, '--max-retries=0'],
    ...[`--task-timeout=${timeoutSeconds}s`, `--cpu=${limits.cpu}`, `--memory=${limits.memory}`],
    `--set-env-vars=${dictionary(environment(site))}`,
    `--labels=${labelOf(site)},artefact=${artefact}`,
  );
  const template = 'spec.template.spec.template.spec';
  return resource({
    title: `job ${site.names.toolsJob} for the tools of the command line`,
    look: gcloud('run', 'jobs', 'describe', site.names.toolsJob, region, '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        'metadata.labels': { artefact },
        'spec.template.metadata.annotations': egressFields(site),
        [`${template}.serviceAccountName`]: emailOf(site, site.names.toolsJob),
        [`${template}.maxRetries`]: 0,
        [`${template}.timeoutSeconds`]: timeoutSeconds,
        [`${template}.containers.0.command`]: [command],
        [`${template}.containers.0.args`]: [script],
        ...containerFields(template, imageOf(site, site.names.tools), environment(site)),
        ...limitFields(template, limits),
      },
      only: [`${template}.containers.0.env`],
    },
    create: [deploy],
    change: [deploy],
    remove: [gcloud('run', 'jobs', 'delete', site.names.toolsJob, region)],
    ours: { kind: 'fields', fields: { 'metadata.labels': { 'made-by': site.names.mark } } },
  });
}

/** All that the deployment says to functions, but for what is only for their doors and for traces. */
function environment(site: Site): Readonly<Record<string, string>> {
  const { settings } = site;
  const known = { ...databaseSettings.shape, ...messagingSettings.shape, REDISHOST: true };
  const more = [
    ...['PROJECT_ID', 'BUCKET', 'DATA_SET', 'MODEL_KEYS_SECRET'],
    ...[...Object.keys(redisSettings.shape), ...Object.keys(keepSettings.shape)],
  ];
  const variables = Object.entries(allVariables(settings)).filter(
    ([name]) => name !== 'LOG_LEVEL' && (name in known || more.includes(name)),
  );
  return Object.fromEntries(variables);
}

/** An instance that has been made anew is empty: what the database knows is put into it, once. */
function filledRedis(site: Site): CloudResource {
  const { settings } = site;
  const region = `--region=${settings.REGION}`;
  const noun = ['redis', 'instances'];
  return resource({
    title: 'Redis holds what the database knows',
    look: gcloud(...noun, 'describe', site.names.service, region, '--format=json'),
    wants: { kind: 'fields', fields: { 'labels.filled': `at-\${REDIS_CREATED}` } },
    create: [],
    change: [
      runToolJob(site, ['scripts/rebuild-cache.ts']),
      gcloud(...noun, 'update', site.names.service, region, `--update-labels=filled=at-\${REDIS_CREATED}`),
    ],
  });
}

/** Runs a script of the repository inside the network, and waits for its end. */
export function runToolJob(site: Site, args: readonly string[]) {
  const { settings } = site;
  return gcloud(
    ...['run', 'jobs', 'execute', site.names.toolsJob, `--region=${settings.REGION}`],
    ...['--wait', `--args=${list(args)}`, '--format=value(metadata.name)'],
  );
}

/** The script that a tool is, and what it is told. */
export function scriptOf([name = '', ...args]: readonly string[]): readonly string[] {
  const script = `scripts/${name}.ts`;
  if (!/^[\w-]+$/.test(name) || !existsSync(join(import.meta.dirname, '../../..', script)))
    throw new Error(`There is no tool ${name}: it is the name of one of npm's scripts, such as doctor.`);
  return [script, ...args];
}

/** What the newest run of the job has written. */
export function outputLookups(site: Site): Lookups {
  const { settings } = site;
  return {
    EXECUTION: gcloud(
      ...['run', 'jobs', 'executions', 'list', `--job=${site.names.toolsJob}`, `--region=${settings.REGION}`],
      ...['--sort-by=~metadata.creationTimestamp', '--limit=1', '--format=value(metadata.name)'],
    ),
  };
}

export const outputCommand = gcloud(
  ...[
    'logging',
    'read',
    `resource.type="cloud_run_job" AND labels."run.googleapis.com/execution_name"="\${EXECUTION}"`,
  ],
  ...['--order=asc', '--limit=1000', '--freshness=1d', '--format=value(textPayload,jsonPayload.message)'],
);

/** `a,b`, or with another separator where one of them contains a comma. */
function list(values: readonly string[]): string {
  const separator = [',', '|', '##', '@@'].find(one => values.every(value => !value.includes(one)));
  if (!separator) throw new Error('The arguments contain every separator that gcloud could use.');
  return separator === ',' ? values.join(',') : `^${separator}^${values.join(separator)}`;
}
