import { gcloud } from '../command.ts';
import { tracesToGoogle } from '../environment.ts';
import { agentOf } from '../lookups.ts';
import { accountId, asImages, deployed, emailOf, guardsDoor, type Site } from '../site.ts';
import { type CloudResource, resource, type Step } from '../step.ts';
import { apisOf } from './access.ts';

/** Stays enabled after `down`: something else in the project may have come to need it. */
export function enableServices(site: Site, steps: readonly Step[]): CloudResource {
  const { settings } = site;
  const names = [...apisOf(steps), ...(tracesToGoogle(settings) ? ['telemetry.googleapis.com'] : [])];
  return resource({
    title: 'the APIs that the loop uses are enabled',
    look: gcloud('services', 'list', '--format=json(config.name)', '--enabled'),
    wants: { kind: 'listed', path: 'config.name', values: names },
    create: [gcloud('services', 'enable', ...names)],
  });
}

/**
 * The accounts as which Google's own services work in the project. Some are made when they are first needed, which would be too
 * late, and those that are made on request have no role. Others have theirs from the moment at which their API is enabled, until
 * somebody writes the project's policy anew without them.
 */
export function serviceAgents(site: Site): readonly CloudResource[] {
  const { settings } = site;
  const ofWay = settings.VPC_CONNECTOR || asImages(site) ? [] : ['vpcaccess'];
  const ofFunctions = asImages(site) ? ['run'] : ['run', 'cloudfunctions'];
  const ofDatabase = settings.DBHOST ? [] : ['servicenetworking'];
  const names = ['pubsub', 'eventarc', ...ofFunctions, ...ofWay, ...ofDatabase];
  const agents = names.map(name => {
    const member = agentOf(name);
    const role = `roles/${name}.serviceAgent`;
    return resource({
      title: `the service agent of ${name} has its role`,
      look: gcloud('projects', 'get-iam-policy', settings.PROJECT_ID, '--format=json'),
      wants: { kind: 'bound', role, member },
      create: [
        gcloud('beta', 'services', 'identity', 'create', `--service=${name}.googleapis.com`),
        gcloud(
          ...['projects', 'add-iam-policy-binding', settings.PROJECT_ID],
          ...[`--member=${member}`, `--role=${role}`, '--condition=None', '--format=none'],
        ),
      ],
    });
  });
  return guardsDoor(settings) ? [...agents, proxyAgent(site)] : agents;
}

/** That of the proxy in the front door has no role on the project: it may call the functions behind the door. */
function proxyAgent(site: Site): CloudResource {
  return resource({
    title: 'the service agent of iap is there',
    look: gcloud(
      'run',
      'services',
      'get-iam-policy',
      deployed(site, 'ingest-api'),
      `--region=${site.settings.REGION}`,
      '--format=json',
    ),
    wants: { kind: 'bound', role: 'roles/run.invoker', member: agentOf('iap') },
    create: [gcloud('beta', 'services', 'identity', 'create', '--service=iap.googleapis.com')],
  });
}

export function accounts(site: Site): readonly Step[] {
  const ofFunctions = site.functions.map(definition =>
    account(site, accountId(definition), definition.summary),
  );
  return [
    account(site, site.names.builder, 'Builds the functions.'),
    account(site, site.names.toolsJob, 'Runs the tools of the command line.'),
    ...ofFunctions,
  ];
}

/** Looked for in the list: to be described, one that has been deleted is "denied (or it may not exist)". */
export function account(site: Site, id: string, summary: string): CloudResource {
  const email = emailOf(site, id);
  const displayName = site.names.title;
  return resource({
    title: `service account ${id}`,
    look: gcloud('iam', 'service-accounts', 'list', `--filter=email=${email}`, '--format=json'),
    inList: true,
    create: [
      gcloud(
        ...['iam', 'service-accounts', 'create', id],
        ...[`--display-name=${displayName}`, `--description=${summary}`],
      ),
    ],
    change: [gcloud('iam', 'service-accounts', 'enable', email)],
    wants: { kind: 'fields', fields: { disabled: false } },
    remove: [gcloud('iam', 'service-accounts', 'delete', email)],
    ours: { kind: 'fields', fields: { displayName } },
  });
}
