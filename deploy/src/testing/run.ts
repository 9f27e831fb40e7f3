import { at } from '../faults.ts';
import { parseDictionary } from './arguments.ts';
import { type GcloudCall, type GcloudHandlers, labelsOf, nameOf } from './call.ts';
import { answerJob } from './messaging.ts';
import { CloudError, type SimulatedProject } from './simulated-project.ts';

const services = 'run services';
const revisions = 'run revisions';
const jobs = 'run jobs';
const repositories = 'artifacts repositories';
const images = 'artifacts docker images';

/** How long it takes until a role counts for somebody who has just got it. */
const roleCountsAfterMs = 90_000;

/** Refuses a builder whose role does not count yet. */
export function mayBuild({ cloud }: GcloudCall, account: string): void {
  cloud.find('iam service-accounts', account);
  const member = `serviceAccount:${account}`;
  const role = 'roles/run.builder';
  const key = `projects ${cloud.projectId} ${role} ${member}`;
  if (!cloud.may('projects', cloud.projectId, role, member) || cloud.ageMs(key) < roleCountsAfterMs) {
    throw new CloudError(
      'Build failed with status: FAILURE. Could not build the function due to a missing permission on the build service account.',
    );
  }
}

function containersOf(call: GcloudCall) {
  const variables = Object.entries(parseDictionary(call.flag('set-env-vars')));
  const [cpu, memory] = [call.flag('cpu'), call.flag('memory')];
  return [
    {
      image: call.flag('image'),
      env: variables.map(([name, value]) => ({ name, value })),
      resources: { limits: { cpu: cpu === '1' ? '1000m' : cpu, memory } },
    },
  ];
}

function egressOf(call: GcloudCall) {
  // As gcloud writes it, with blanks.
  const interfaces = `[{"network": "${call.flag('network')}", "subnetwork": "${call.flag('subnet')}"}]`;
  if (call.has('network')) call.cloud.find('compute networks subnets', call.flag('subnet'));
  return {
    ...(call.has('network')
      ? { 'run.googleapis.com/network-interfaces': interfaces }
      : { 'run.googleapis.com/vpc-access-connector': call.flag('vpc-connector') }),
    'run.googleapis.com/vpc-access-egress': call.flag('vpc-egress'),
  };
}

function deploy(call: GcloudCall): void {
  const { cloud } = call;
  const name = nameOf(call);
  cloud.find(images, call.flag('image'));
  cloud.find('iam service-accounts', call.flag('service-account'));
  addRevision(cloud, name, call.flag('set-env-vars'), false);
  const { spec } = cloud.find(services, name);
  cloud.change(services, name, {
    metadata: {
      labels: labelsOf(call),
      annotations: { 'run.googleapis.com/ingress': call.flag('ingress') },
    },
    spec: {
      ...Object(spec),
      template: {
        metadata: {
          annotations: {
            'autoscaling.knative.dev/maxScale': call.flag('max-instances'),
            ...(call.flag('min-instances') !== '0' && {
              'autoscaling.knative.dev/minScale': call.flag('min-instances'),
            }),
            ...egressOf(call),
          },
        },
        spec: {
          serviceAccountName: call.flag('service-account'),
          containerConcurrency: Number(call.flag('concurrency')),
          timeoutSeconds: Number(call.flag('timeout')),
          containers: containersOf(call),
        },
      },
    },
  });
}

function deployJob(call: GcloudCall): void {
  const { cloud } = call;
  const name = nameOf(call);
  cloud.find(images, call.flag('image'));
  cloud.find('iam service-accounts', call.flag('service-account'));
  if (!cloud.has(jobs, name)) cloud.make(jobs, name, {});
  cloud.change(jobs, name, {
    metadata: { labels: labelsOf(call) },
    spec: {
      template: {
        metadata: { annotations: egressOf(call) },
        spec: {
          template: {
            spec: {
              serviceAccountName: call.flag('service-account'),
              containers: containersOf(call).map(one => ({
                ...one,
                command: [call.flag('command')],
                args: [call.flag('args')],
              })),
              maxRetries: Number(call.flag('max-retries')),
              timeoutSeconds: call.flag('task-timeout').replace('s', ''),
            },
          },
        },
      },
    },
  });
}

/** Services and their revisions, of which some or all answer. */
export const run: GcloudHandlers = {
  'run services describe': call => call.cloud.find(services, nameOf(call)),
  'run services update-traffic': call => {
    const name = nameOf(call);
    const [, newest] = /^LATEST=(\d+)$/.exec(call.flag('to-revisions')) ?? [];
    if (newest) {
      const { revisionName } = latest(call.cloud, name);
      const { status } = call.cloud.find(services, name);
      const before = String(
        Reflect.get(Object(Reflect.get(Object(status), 'traffic'))[0] ?? {}, 'revisionName'),
      );
      return serve(call.cloud, name, [
        { revisionName: before, percent: 100 - Number(newest) },
        { revisionName, percent: Number(newest), latestRevision: true },
      ]);
    }
    if (call.has('to-latest')) return serve(call.cloud, name, [latest(call.cloud, name)]);
    const shares = call
      .flag('to-revisions')
      .split(',')
      .map(share => share.split('='))
      .map(([revisionName = '', percent]) => ({ revisionName, percent: Number(percent) }));
    for (const { revisionName } of shares) call.cloud.find(revisions, revisionName);
    return serve(call.cloud, name, shares);
  },
  'run deploy': deploy,
  'run services delete': call => removeService(call.cloud, nameOf(call)),
  'run jobs describe': call => call.cloud.find(jobs, nameOf(call)),
  'run jobs deploy': deployJob,
  'run jobs delete': call => call.cloud.remove(jobs, nameOf(call)),
  'run jobs execute': call => {
    const job = call.cloud.find(jobs, nameOf(call));
    call.cloud.executed.push(call.flag('args'));
    // It works with the addresses that it was deployed with.
    const [redis] = call.cloud.list('redis instances');
    const environment = JSON.stringify(job);
    if (redis && !environment.includes(String(redis.host)))
      throw new CloudError('the job cannot reach Redis');
    if (call.flag('args').endsWith('train')) answerJob(call.cloud, bucketOf(job));
    return { metadata: { name: `${nameOf(call)}-${call.cloud.executed.length}` } };
  },
  'run jobs executions list': ({ cloud, flag }) => [
    { metadata: { name: `${flag('job')}-${cloud.executed.length}` } },
  ],
  'logging read': ({ cloud, rest: [filter = ''] }) => {
    if (filter.includes('cloud_run_job')) return { payload: `output of ${cloud.executed.at(-1)}` };
    return filter.includes('run.googleapis.com/requests') ? cloud.requests : { payload: '' };
  },
  'artifacts repositories describe': call => call.cloud.find(repositories, nameOf(call)),
  'artifacts repositories create': call =>
    call.cloud.make(repositories, nameOf(call), {
      format: call.flag('repository-format').toUpperCase(),
      dockerConfig: { immutableTags: call.has('immutable-tags') },
      labels: labelsOf(call),
    }),
  'artifacts repositories update': call =>
    call.cloud.change(repositories, nameOf(call), {
      dockerConfig: { immutableTags: call.has('immutable-tags') },
    }),
  'artifacts repositories delete-cleanup-policies': call => {
    const { cleanupPolicies } = call.cloud.find(repositories, nameOf(call));
    const gone = call.flag('policynames').split(',');
    const left = Object.entries(Object(cleanupPolicies)).filter(([name]) => !gone.includes(name));
    call.cloud.change(repositories, nameOf(call), { cleanupPolicies: Object.fromEntries(left) });
  },
  'artifacts repositories delete': call => {
    call.cloud.remove(repositories, nameOf(call));
    for (const key of Object.keys(call.cloud.state.resources))
      if (key.startsWith(`${images} `) && key.includes(`/${nameOf(call)}/`))
        delete call.cloud.state.resources[key];
  },
  [`${images} describe`]: call => call.cloud.find(images, nameOf(call)),
  'builds submit': call => {
    mayBuild(call, call.flag('service-account').split('/').at(-1) ?? '');
    const { _IMAGE: image = '' } = parseDictionary(call.flag('substitutions'));
    call.cloud.find(repositories, image.split('/')[2] ?? '');
    // A tag can be given again.
    if (!call.cloud.has(images, image)) call.cloud.make(images, image, {});
  },
  'run revisions describe': call => call.cloud.find(revisions, nameOf(call)),
  'run revisions list': listRevisions,
};

/** The bucket that a job has been told of. */
function bucketOf(job: unknown): string {
  return String(at(job, 'spec.template.spec.template.spec.containers.0.env.BUCKET.value'));
}

function listRevisions(call: GcloudCall) {
  const [, before = '9'] = /creationTimestamp<"([^"]+)"/.exec(call.flag('filter')) ?? [];
  return call.cloud
    .list(revisions, `${call.flag('service')}-0`)
    .filter(revision => createdAt(revision) < before)
    .toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)))
    .slice(0, 1);
}

function createdAt(revision: Readonly<Record<string, unknown>>): string {
  return String(Reflect.get(Object(revision.metadata), 'creationTimestamp'));
}

interface Share {
  readonly revisionName: string;
  readonly percent: number;
  readonly latestRevision?: true;
}

function latest(cloud: SimulatedProject, name: string): Share {
  const { status } = cloud.find(services, name);
  const revisionName = String(Reflect.get(Object(status), 'latestReadyRevisionName'));
  return { revisionName, percent: 100, latestRevision: true };
}

function serve(cloud: SimulatedProject, name: string, shares: readonly Share[]): void {
  const { status, spec } = cloud.find(services, name);
  cloud.change(services, name, {
    // What was asked for names no revision where the latest one is meant.
    spec: {
      ...Object(spec),
      traffic: shares.map(({ revisionName, ...share }) =>
        share.latestRevision ? share : { ...share, revisionName },
      ),
    },
    status: { ...Object(status), traffic: shares },
  });
}

/** Only those that somebody calls from outside answer in a test. */
function addressOf({ address }: SimulatedProject, name: string): string {
  return name.endsWith('-api') ? `${address}/${name}` : `https://${name}-abc123-ew.a.run.app`;
}

/** A service keeps to the revisions that it was pinned to, unless it is told to serve the latest. */
export function addRevision(
  cloud: SimulatedProject,
  name: string,
  environment: string,
  servesLatest: boolean,
): void {
  const count = cloud.list(revisions, `${name}-0`).length + 1;
  const revisionName = `${name}-${String(count).padStart(5, '0')}`;
  const metadata = {
    name: revisionName,
    creationTimestamp: new Date(Date.UTC(2026, 0, count)).toISOString(),
  };
  cloud.make(revisions, revisionName, { metadata });
  const fresh = !cloud.has(services, name);
  if (fresh) cloud.make(services, name, {});
  const { status, spec } = cloud.find(services, name);
  const isPinned =
    Reflect.get(Object(Reflect.get(Object(spec), 'traffic'))[0] ?? {}, 'latestRevision') !== true;
  cloud.change(services, name, {
    environment,
    status: { ...Object(status), url: addressOf(cloud, name), latestReadyRevisionName: revisionName },
  });
  if (fresh || servesLatest || !isPinned) serve(cloud, name, [latest(cloud, name)]);
}

export function removeService(cloud: SimulatedProject, name: string): void {
  cloud.remove(services, name);
  for (const key of Object.keys(cloud.state.resources)) {
    if (key.startsWith(`${revisions} ${name}-0`)) delete cloud.state.resources[key];
  }
}
