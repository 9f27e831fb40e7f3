import type { Deviation } from './deviation.ts';

// Of functions, tools, images, and their way into the network.

const variable = (name: string): string => `serviceConfig.environmentVariables.${name}`;
const connector = 'compute networks vpc-access connectors';
const container = 'spec.template.spec.template.spec.containers.0';

export const functions: readonly Deviation[] = [
  [
    'the connector is gone',
    /VPC connector banknote-loop: it is not there/,
    ({ cloud }) => cloud.remove(connector, 'banknote-loop'),
  ],
  [
    'a function has a variable of a secret',
    /secretEnvironmentVariables.KEY/,
    ({ set }) =>
      set('functions', 'training', 'serviceConfig.secretEnvironmentVariables', [
        { name: 'KEY', value: { secret: 'theirs' } },
      ]),
  ],
  [
    'a function is built with a variable of its own',
    /buildConfig.environmentVariables.NODE_ENV is test/,
    ({ set }) => set('functions', 'training', 'buildConfig.environmentVariables', { NODE_ENV: 'test' }),
  ],
  [
    'a function does not say any more whose it is',
    /labels.made-by is not set/,
    ({ set }) => set('functions', 'training', 'labels.made-by', undefined),
  ],
  [
    'other code was deployed',
    /labels.artefact is theirs/,
    ({ set }) => set('functions', 'training', 'labels.artefact', 'theirs'),
  ],
  [
    'a function takes one request at a time',
    /maxInstanceRequestConcurrency is 1/,
    ({ set }) => set('functions', 'prediction', 'serviceConfig.maxInstanceRequestConcurrency', 1),
  ],
  [
    'a function is kept warm',
    /minInstanceCount is 3/,
    ({ set }) => set('functions', 'prediction', 'serviceConfig.minInstanceCount', 3),
  ],
  [
    'a function has less time',
    /timeoutSeconds is 1/,
    ({ set }) => set('functions', 'training', 'serviceConfig.timeoutSeconds', 1),
  ],
  [
    'a function has half a processor',
    /availableCpu is 0.5/,
    ({ set }) => set('functions', 'training', 'serviceConfig.availableCpu', '0.5'),
  ],
  [
    'a function runs on another runtime',
    /buildConfig.runtime is nodejs18/,
    ({ set }) => set('functions', 'training', 'buildConfig.runtime', 'nodejs18'),
  ],
  [
    'the tools do something else by themselves',
    /args.0 is scripts\/people.ts/,
    ({ set }) => set('run jobs', 'loop-tools', `${container}.args`, ['scripts/people.ts']),
  ],
  [
    'the tools have less memory',
    /resources.limits.memory is 128Mi/,
    ({ set }) => set('run jobs', 'loop-tools', `${container}.resources.limits.memory`, '128Mi'),
  ],
  [
    'the image of the tools is gone',
    /image tools: it is not there/,
    ({ cloud }) => {
      const [image = ''] = Object.keys(cloud.state.resources).filter(key => key.includes('/tools:'));
      delete cloud.state.resources[image];
    },
  ],
  [
    'images may change under their names',
    /dockerConfig.immutableTags is false/,
    ({ set }) => set('artifacts repositories', 'banknote-loop', 'dockerConfig.immutableTags', false),
  ],
  [
    'images have their time',
    /cleanupPolicies.old/,
    ({ set }) =>
      set('artifacts repositories', 'banknote-loop', 'cleanupPolicies', { old: { action: 'DELETE' } }),
  ],
  [
    'the connector is smaller',
    /maxInstances is 2/,
    ({ set }) => set(connector, 'banknote-loop', 'maxInstances', 2),
  ],
  [
    'the connector is in an error',
    /state is ERROR/,
    ({ set }) => set(connector, 'banknote-loop', 'state', 'ERROR'),
  ],
  [
    'the connector is in another network',
    /network is other/,
    ({ set }) => set(connector, 'banknote-loop', 'network', 'other'),
  ],
  [
    'a function is deleted',
    /function training: it is not there/,
    ({ gcloud }) => gcloud('functions', 'delete', 'training'),
  ],
  [
    'a variable was added by hand',
    /CORS_ORIGINS is \*, and should not be set/,
    ({ set }) => set('functions', 'predict-api', variable('CORS_ORIGINS'), '*'),
  ],
  [
    'a variable was changed by hand',
    /RATE_LIMIT_PER_MINUTE is 9/,
    ({ set }) => set('functions', 'predict-api', variable('RATE_LIMIT_PER_MINUTE'), '9'),
  ],
  [
    'a variable was removed by hand',
    /RATE_LIMIT_PER_MINUTE is not set/,
    ({ set }) => set('functions', 'ingest-api', variable('RATE_LIMIT_PER_MINUTE'), undefined),
  ],
  [
    'a function goes through another connector',
    /vpcConnector is other/,
    ({ set }) => set('functions', 'training', 'serviceConfig.vpcConnector', 'other'),
  ],
  [
    'a function sends everything through the network',
    /vpcConnectorEgressSettings is ALL_TRAFFIC/,
    ({ set }) => set('functions', 'training', 'serviceConfig.vpcConnectorEgressSettings', 'ALL_TRAFFIC'),
  ],
  [
    'a function takes calls from anywhere',
    /ingressSettings is ALLOW_ALL/,
    ({ set }) => set('functions', 'training', 'serviceConfig.ingressSettings', 'ALLOW_ALL'),
  ],
  [
    'a function has less memory',
    /availableMemory is 128Mi/,
    ({ set }) => set('functions', 'training', 'serviceConfig.availableMemory', '128Mi'),
  ],
  [
    'a function works as another account',
    /serviceAccountEmail is default/,
    ({ set }) => set('functions', 'training', 'serviceConfig.serviceAccountEmail', 'default'),
  ],
  [
    'a function may grow without bound',
    /maxInstanceCount is 1000/,
    ({ set }) => set('functions', 'prediction-to-db', 'serviceConfig.maxInstanceCount', 1000),
  ],
  [
    'traffic is pinned to an old revision',
    /the latest prediction answers: spec.traffic/,
    ({ set }) =>
      set('run services', 'prediction', 'spec.traffic', [{ revisionName: 'prediction-00001', percent: 100 }]),
  ],
  [
    'traffic is divided',
    /spec.traffic has 2 entries/,
    ({ set }) =>
      set('run services', 'prediction', 'spec.traffic', [
        { latestRevision: true, percent: 50 },
        { revisionName: 'prediction-00001', percent: 50 },
      ]),
  ],
  [
    'what has had its time is not taken out any more',
    /banknote-loop-keep, what has had its time goes every night: it is not there/,
    ({ cloud }) => cloud.remove('scheduler jobs', 'banknote-loop-keep'),
  ],
  [
    'it is taken out another time',
    /schedule is 0 0 1 1 \*/,
    ({ set }) => set('scheduler jobs', 'banknote-loop-keep', 'schedule', '0 0 1 1 *'),
  ],
  [
    'it is put off',
    /state is PAUSED/,
    ({ set }) => set('scheduler jobs', 'banknote-loop-keep', 'state', 'PAUSED'),
  ],
  [
    'something else is done at that time',
    /httpTarget.uri is https:\/\/elsewhere/,
    ({ set }) => set('scheduler jobs', 'banknote-loop-keep', 'httpTarget.uri', 'https://elsewhere.example'),
  ],
  [
    'the tools keep what is kept for longer',
    /KEEP_UNRATED_DAYS/,
    ({ cloud }) => {
      const job = cloud.find('run jobs', 'loop-tools');
      const text = JSON.stringify(job).replace(
        '"KEEP_UNRATED_DAYS","value":"30"',
        '"KEEP_UNRATED_DAYS","value":"9"',
      );
      Object.assign(job, JSON.parse(text));
    },
  ],
];
