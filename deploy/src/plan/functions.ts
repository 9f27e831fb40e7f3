import type { AnyFunction } from '@banknote-loop/shared/http';
import { type Command, dictionary, gcloud } from '../command.ts';
import { environmentOf } from '../environment.ts';
import { agentOf } from '../lookups.ts';
import { pinCommand } from '../rollback.ts';
import {
  accountId,
  artefactOf,
  asImages,
  builtAs,
  emailOf,
  guardsDoor,
  memberOf,
  needsOf,
  type Site,
} from '../site.ts';
import {
  type CloudResource,
  type Fields,
  type Grant,
  isLabelledOurs,
  labelOf,
  resource,
  type Step,
} from '../step.ts';
import { attachment, delivery } from './delivery.ts';
import { connectorName } from './network.ts';
import { noneElse } from './rights.ts';
import { serviceSteps } from './services.ts';

const runtime = 'nodejs22';

export function runtimeIsOffered(site: Site): CloudResource {
  const { settings } = site;
  return resource({
    title: `the runtime ${runtime} is offered and not deprecated`,
    look: gcloud('functions', 'runtimes', 'list', `--region=${settings.REGION}`, '--format=json(name,stage)'),
    wants: { kind: 'entry', fields: { name: runtime, stage: 'GA' } },
    create: [],
  });
}

/** A function, who may call it, and how its messages reach it. */
export function functionSteps(site: Site, definition: AnyFunction): readonly Step[] {
  const callers = invokers(site, definition);
  const steps = [
    ...(asImages(site) ? serviceSteps(site, definition) : sourceSteps(site, definition)),
    servesLatest(site, definition),
    callers,
    ...noneElse(site, [callers]),
  ];
  return definition.kind === 'event' ? [...steps, ...delivery(site, definition)] : steps;
}

/** A function that is built from its source, and has its trigger with it. */
function sourceSteps(site: Site, definition: AnyFunction): readonly Step[] {
  const deployment = deploymentOf(site, definition);
  if (definition.kind !== 'event') return [deployment];
  return [deployment, attachment(site, definition, [...deployment.remove, ...deployment.create])];
}

function deploymentOf(site: Site, definition: AnyFunction): CloudResource {
  const { name } = definition;
  const region = `--region=${site.settings.REGION}`;
  const deploy = deployCommand(site, definition);
  // What is to be tried out first must not get all requests when it is deployed.
  const pin = site.settings.TRIAL_MINUTES > 0 ? [pinCommand(site, definition)] : [];
  return resource({
    title: `function ${name}`,
    look: gcloud('functions', 'describe', name, '--gen2', region, '--format=json'),
    wants: {
      kind: 'fields',
      fields: fieldsOf(site, definition),
      only: [
        ...['environmentVariables', 'secretEnvironmentVariables', 'secretVolumes'].map(
          one => `serviceConfig.${one}`,
        ),
        'buildConfig.environmentVariables',
      ],
    },
    create: [deploy],
    change: [...pin, deploy],
    remove: [gcloud('functions', 'delete', name, '--gen2', region)],
    ours: isLabelledOurs(site),
  });
}

function deployCommand(site: Site, definition: AnyFunction): Command {
  const { settings } = site;
  const { name } = definition;
  const needs = needsOf(site, definition);
  const built = builtAs(site, definition);
  const trigger =
    definition.kind === 'event'
      ? [
          `--trigger-topic=${definition.on.name}`,
          '--retry',
          `--trigger-service-account=${emailOf(site, accountId(definition))}`,
        ]
      : ['--trigger-http', '--no-allow-unauthenticated'];
  return gcloud(
    ...['functions', 'deploy', name, '--gen2', `--runtime=${runtime}`, `--region=${settings.REGION}`],
    ...[`--source=${built.folder}`, `--entry-point=${built.entry}`],
    ...trigger,
    `--service-account=${emailOf(site, accountId(definition))}`,
    `--build-service-account=${builderOf(site)}`,
    ...[`--memory=${needs.memory}`, `--cpu=${needs.cpu}`, `--concurrency=${needs.concurrency}`],
    ...[`--min-instances=${needs.minInstances}`, `--max-instances=${needs.maxInstances}`],
    `--timeout=${needs.timeoutSeconds}s`,
    `--ingress-settings=${definition.kind === 'event' ? 'internal-only' : 'all'}`,
    ...[`--vpc-connector=${connectorName(site)}`, '--egress-settings=private-ranges-only'],
    `--set-env-vars=${dictionary(deployedEnvironment(site, definition))}`,
    ...['--clear-secrets', '--clear-build-env-vars'],
    `--update-labels=${labelOf(site)},artefact=${artefactOf(site, name)}`,
    // A rollback pins an older revision: the next deployment ends it.
    ...(settings.TRIAL_MINUTES > 0 ? [] : ['--serve-all-traffic-latest-revision']),
  );
}

function fieldsOf(site: Site, definition: AnyFunction): Fields {
  const { settings } = site;
  const { name } = definition;
  const needs = needsOf(site, definition);
  const account = emailOf(site, accountId(definition));
  return {
    state: 'ACTIVE',
    'labels.artefact': artefactOf(site, name),
    'labels.made-by': site.names.mark,
    'buildConfig.runtime': runtime,
    'buildConfig.entryPoint': builtAs(site, definition).entry,
    'buildConfig.serviceAccount': builderOf(site),
    'serviceConfig.serviceAccountEmail': account,
    'serviceConfig.availableMemory': needs.memory,
    'serviceConfig.availableCpu': needs.cpu,
    'serviceConfig.maxInstanceRequestConcurrency': needs.concurrency,
    'serviceConfig.minInstanceCount': needs.minInstances,
    'serviceConfig.maxInstanceCount': needs.maxInstances,
    'serviceConfig.timeoutSeconds': needs.timeoutSeconds,
    'serviceConfig.ingressSettings': definition.kind === 'event' ? 'ALLOW_INTERNAL_ONLY' : 'ALLOW_ALL',
    'serviceConfig.vpcConnector': connectorName(site),
    'serviceConfig.vpcConnectorEgressSettings': 'PRIVATE_RANGES_ONLY',
    'serviceConfig.environmentVariables': deployedEnvironment(site, definition),
    ...(definition.kind === 'event' && {
      'eventTrigger.pubsubTopic': `projects/${settings.PROJECT_ID}/topics/${definition.on.name}`,
      'eventTrigger.retryPolicy': 'RETRY_POLICY_RETRY',
      'eventTrigger.serviceAccountEmail': account,
    }),
  };
}

function builderOf(site: Site): string {
  return `projects/${site.settings.PROJECT_ID}/serviceAccounts/${emailOf(site, site.names.builder)}`;
}

/** Google would let the framework read every log line once more, to add an id to it that we do not use. */
function deployedEnvironment(site: Site, definition: AnyFunction): Readonly<Record<string, string>> {
  const { settings } = site;
  return { ...environmentOf(settings, definition), LOG_EXECUTION_ID: 'false' };
}

/** After a rollback an older revision answers: what is deployed is then not what works. */
function servesLatest(site: Site, { name }: AnyFunction): CloudResource {
  const { settings } = site;
  const { REGION, TRIAL_MINUTES } = settings;
  const region = `--region=${REGION}`;
  return resource({
    title: `the latest ${name} answers`,
    look: gcloud('run', 'services', 'describe', name, region, '--format=json'),
    wants: { kind: 'fields', fields: { 'spec.traffic': [{ latestRevision: true, percent: 100 }] } },
    create: [],
    change: [gcloud('run', 'services', 'update-traffic', name, '--to-latest', region)],
    ...(TRIAL_MINUTES > 0 && { trial: { name, region: REGION, minutes: TRIAL_MINUTES } }),
  });
}

/** Event functions are called by their trigger alone, the others by those whom the settings name, and by nobody else. */
function invokers(site: Site, definition: AnyFunction): Grant {
  const { INVOKERS, REGION } = site.settings;
  // The proxy in the front door calls for those whom it lets in.
  const callers = guardsDoor(site.settings) ? [...INVOKERS, agentOf('iap')] : INVOKERS;
  return {
    kind: 'grant',
    title: `who calls ${definition.name}`,
    noun: ['run', 'services'],
    name: definition.name,
    flags: [`--region=${REGION}`],
    role: 'roles/run.invoker',
    members: definition.kind === 'event' ? [memberOf(site, definition)] : callers,
    exact: true,
  };
}
