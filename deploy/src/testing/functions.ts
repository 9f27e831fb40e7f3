import { parseDictionary } from './arguments.ts';
import { type GcloudCall, type GcloudHandlers, nameOf } from './call.ts';
import { agentOf } from './projects.ts';
import { addRevision, mayBuild, removeService } from './run.ts';
import { CloudError } from './simulated-project.ts';

/** Functions, and what they bring with them: a service of Cloud Run, a trigger, and its subscription. */
export const functions: GcloudHandlers = {
  'functions runtimes list': () => [{ name: 'nodejs22', stage: 'GA' }],
  'functions describe': call => call.cloud.find('functions', nameOf(call)),
  'functions deploy': deploy,
  'functions delete': call => {
    const name = nameOf(call);
    call.cloud.remove('functions', name);
    removeService(call.cloud, name);
    if (call.cloud.has('eventarc triggers', triggerOf(`${name}-123456`)))
      removeTrigger(call, `${name}-123456`);
  },
  'eventarc triggers describe': call => call.cloud.find('eventarc triggers', triggerOf(nameOf(call))),
  'eventarc triggers create': call => {
    const { cloud } = call;
    mayTrigger(call);
    cloud.find('run services', call.flag('destination-run-service'));
    cloud.find('pubsub topics', call.flag('transport-topic').split('/').at(-1) ?? '');
    makeTrigger(call, nameOf(call), call.flag('destination-run-service'), {
      labels: parseDictionary(call.flag('labels')),
      destination: { cloudRun: { service: call.flag('destination-run-service') } },
      serviceAccount: call.flag('service-account'),
    });
  },
  'eventarc triggers delete': call => removeTrigger(call, nameOf(call)),
};

function triggerOf(name: string): string {
  return name.includes('/') ? name : `projects/p/locations/r/triggers/${name}`;
}

function subscriptionOf(name: string): string {
  return `projects/p/subscriptions/eventarc-${name}-sub-1`;
}

function removeTrigger({ cloud }: GcloudCall, name: string): void {
  cloud.remove('eventarc triggers', triggerOf(name));
  if (cloud.has('pubsub subscriptions', subscriptionOf(name)))
    cloud.remove('pubsub subscriptions', subscriptionOf(name));
}

function makeTrigger(call: GcloudCall, name: string, service: string, more: object): void {
  const topic =
    call.flag('transport-topic') || `projects/${call.cloud.projectId}/topics/${call.flag('trigger-topic')}`;
  const subscription = subscriptionOf(name);
  call.cloud.make('eventarc triggers', triggerOf(name), {
    transport: { pubsub: { subscription, topic } },
    ...more,
  });
  const audience = `https://${service}-abc123-ew.a.run.app`;
  call.cloud.make('pubsub subscriptions', subscription, {
    topic,
    ackDeadlineSeconds: 10,
    pushConfig: {
      attributes: { 'x-goog-version': 'v1' },
      pushEndpoint: `${audience}?__GCP_CloudEventsMode=CUSTOM_PUBSUB_${topic.replaceAll('/', '%2F')}`,
      oidcToken: {
        audience,
        serviceAccountEmail: call.flag('service-account'),
      },
    },
  });
}

/** Eventarc makes the subscription with a right of its own. */
function mayTrigger({ cloud }: GcloudCall): void {
  if (!cloud.may('projects', cloud.projectId, 'roles/eventarc.serviceAgent', agentOf('eventarc'))) {
    throw new CloudError(
      `FAILED_PRECONDITION: Permission denied while using the Eventarc Service Agent (${agentOf('eventarc')}). ` +
        'If you recently started to use Eventarc, it may take a few minutes before all necessary permissions are propagated.',
    );
  }
}

function deploy(call: GcloudCall): void {
  const { cloud } = call;
  const name = nameOf(call);
  const topic = call.flag('trigger-topic');
  const account = call.flag('service-account');
  const builder = call.flag('build-service-account');
  cloud.find('iam service-accounts', account);
  mayBuild(call, builder.split('/').at(-1) ?? '');
  if (topic) cloud.find('pubsub topics', topic);
  const fresh = !cloud.has('functions', name);
  if (fresh && topic) mayTrigger(call);
  if (fresh) cloud.make('functions', name, {});
  const { labels, buildConfig, serviceConfig } = cloud.find('functions', name);
  cloud.change('functions', name, {
    state: 'ACTIVE',
    labels: { ...Object(labels), ...parseDictionary(call.flag('update-labels')) },
    buildConfig: {
      // What a deployment does not speak of stays.
      ...(!call.has('clear-build-env-vars') && Object(buildConfig)),
      runtime: call.flag('runtime'),
      entryPoint: call.flag('entry-point'),
      serviceAccount: builder,
    },
    serviceConfig: { ...secretsOf(call, serviceConfig), ...serviceConfigOf(call, account) },
    ...(topic && {
      eventTrigger: {
        trigger: triggerOf(`${name}-123456`),
        pubsubTopic: `projects/${cloud.projectId}/topics/${topic}`,
        retryPolicy: call.has('retry') ? 'RETRY_POLICY_RETRY' : 'RETRY_POLICY_DO_NOT_RETRY',
        serviceAccountEmail: call.flag('trigger-service-account'),
      },
    }),
  });
  addRevision(cloud, name, call.flag('set-env-vars'), call.has('serve-all-traffic-latest-revision'));
  if (fresh && topic) makeTrigger(call, `${name}-123456`, name, {});
}

function secretsOf(call: GcloudCall, before: unknown) {
  if (call.has('clear-secrets')) return {};
  const { secretEnvironmentVariables, secretVolumes } = Object(before);
  return { secretEnvironmentVariables, secretVolumes };
}

function serviceConfigOf(call: GcloudCall, serviceAccountEmail: string) {
  const number = (flag: string): number => Number.parseInt(call.flag(flag), 10);
  const ingress = call.flag('ingress-settings');
  if (ingress !== 'all' && ingress !== 'internal-only' && ingress !== 'internal-and-gclb')
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
    ingressSettings: {
      all: 'ALLOW_ALL',
      'internal-only': 'ALLOW_INTERNAL_ONLY',
      'internal-and-gclb': 'ALLOW_INTERNAL_AND_GCLB',
    }[ingress],
    vpcConnector: call.flag('vpc-connector'),
    vpcConnectorEgressSettings: call.flag('egress-settings').toUpperCase().replaceAll('-', '_'),
    // What is not said here, Google sets by itself.
    environmentVariables: { LOG_EXECUTION_ID: 'true', ...parseDictionary(call.flag('set-env-vars')) },
  };
}
