import { parseDictionary } from './arguments.ts';
import { type Call, type Handlers, nameOf } from './call.ts';
import { CloudError } from './cloud.ts';

const services = 'run services';
const revisions = 'run revisions';

/** Functions, and what they bring with them: a service of Cloud Run with revisions, a trigger, and its subscription. */
export const functions: Handlers = {
  'functions runtimes list': () => [{ name: 'nodejs22', stage: 'GA' }],
  'functions describe': call => call.cloud.find('functions', nameOf(call)),
  'functions deploy': deploy,
  'functions delete': call => {
    const name = nameOf(call);
    call.cloud.remove('functions', name);
    call.cloud.remove(services, name);
    for (const key of Object.keys(call.cloud.state.things)) {
      if (key.startsWith(`${revisions} ${name}-0`)) delete call.cloud.state.things[key];
    }
    if (!call.cloud.has('eventarc triggers', triggerOf(name))) return;
    call.cloud.remove('eventarc triggers', triggerOf(name));
    call.cloud.remove('pubsub subscriptions', subscriptionOf(name));
  },
  'eventarc triggers describe': call => call.cloud.find('eventarc triggers', nameOf(call)),
  'run services describe': call => call.cloud.find(services, nameOf(call)),
  'run services update-traffic': call => {
    const [revisionName] = call.flag('to-revisions').split('=');
    call.cloud.find(revisions, revisionName ?? '');
    call.cloud.change(services, nameOf(call), { status: { traffic: [{ revisionName, percent: 100 }] } });
  },
  'run revisions describe': call => call.cloud.find(revisions, nameOf(call)),
  'run revisions list': call => {
    const [, before = ''] = /creationTimestamp<"([^"]+)"/.exec(call.flag('filter')) ?? [];
    const all = call.cloud.list(revisions, `${call.flag('service')}-0`);
    const earlier = all.filter(revision => createdAt(revision) < before);
    return earlier.toSorted((a, b) => createdAt(b).localeCompare(createdAt(a))).slice(0, 1);
  },
};

function createdAt(revision: Readonly<Record<string, unknown>>): string {
  return String(Reflect.get(Object(revision.metadata), 'creationTimestamp'));
}

function triggerOf(name: string): string {
  return `projects/p/locations/r/triggers/${name}-123456`;
}

function subscriptionOf(name: string): string {
  return `projects/p/subscriptions/eventarc-${name}-123456-sub-1`;
}

function deploy(call: Call): void {
  const { cloud } = call;
  const name = nameOf(call);
  const topic = call.flag('trigger-topic');
  const account = call.flag('service-account');
  cloud.find('iam service-accounts', account);
  cloud.find('iam service-accounts', call.flag('build-service-account').split('/').at(-1) ?? '');
  if (topic) cloud.find('pubsub topics', topic);
  const fresh = !cloud.has('functions', name);
  if (fresh) cloud.make('functions', name, {});
  cloud.change('functions', name, {
    state: 'ACTIVE',
    labels: parseDictionary(call.flag('update-labels')),
    environment: call.flag('set-env-vars'),
    buildConfig: { runtime: call.flag('runtime') },
    serviceConfig: serviceConfig(call, account),
    ...(topic && {
      eventTrigger: {
        trigger: triggerOf(name),
        pubsubTopic: `projects/${cloud.projectId}/topics/${topic}`,
        retryPolicy: call.has('retry') ? 'RETRY_POLICY_RETRY' : 'RETRY_POLICY_DO_NOT_RETRY',
        serviceAccountEmail: call.flag('trigger-service-account'),
      },
    }),
  });
  addRevision(call, name);
  if (!fresh || !topic) return;
  const subscription = subscriptionOf(name);
  cloud.make('eventarc triggers', triggerOf(name), { transport: { pubsub: { subscription } } });
  cloud.make('pubsub subscriptions', subscription, { ackDeadlineSeconds: 10 });
}

function serviceConfig(call: Call, serviceAccountEmail: string) {
  const number = (flag: string): number => Number.parseInt(call.flag(flag), 10);
  const ingress = call.flag('ingress-settings');
  if (ingress !== 'all' && ingress !== 'internal-only')
    throw new CloudError(`INVALID_ARGUMENT: ingress ${ingress}`);
  return {
    serviceAccountEmail,
    uri: `${call.cloud.address}/${nameOf(call)}`,
    availableMemory: call.flag('memory'),
    availableCpu: call.flag('cpu'),
    maxInstanceRequestConcurrency: number('concurrency'),
    // As the API does, zero is left out.
    ...(number('min-instances') > 0 && { minInstanceCount: number('min-instances') }),
    maxInstanceCount: number('max-instances'),
    timeoutSeconds: number('timeout'),
    ingressSettings: ingress === 'all' ? 'ALLOW_ALL' : 'ALLOW_INTERNAL_ONLY',
    environmentVariables: parseDictionary(call.flag('set-env-vars')),
  };
}

function addRevision({ cloud }: Call, name: string): void {
  const count = cloud.list(revisions, `${name}-0`).length + 1;
  const revisionName = `${name}-${String(count).padStart(5, '0')}`;
  const creationTimestamp = new Date(Date.UTC(2026, 0, count)).toISOString();
  cloud.make(revisions, revisionName, { metadata: { name: revisionName, creationTimestamp } });
  if (!cloud.has(services, name)) cloud.make(services, name, {});
  cloud.change(services, name, { status: { traffic: [{ revisionName, percent: 100 }] } });
}
