import { check } from './check.ts';
import { planOf } from './plan.ts';
import type { Site } from './site.ts';
import { simulatedGcloud } from './testing/simulated-gcloud.ts';
import type { SimulatedProject } from './testing/simulated-project.ts';
import { projectId, simulation, testProject, testSite } from './testing/site.ts';
import { up } from './up.ts';

// What people, consoles and other programs do to a project, one thing at a time.

const silent = { stage: () => {}, step: () => {} };
const email = (name: string): string => `loop-${name}@${projectId}.iam.gserviceaccount.com`;
const member = (name: string): string => `serviceAccount:${email(name)}`;
const somebody = 'user:somebody@example.com';

let site: Site;
let plan: ReturnType<typeof planOf>;
let cloud: SimulatedProject;
let patience: ReturnType<typeof simulation>['patience'];
let right: SimulatedProject['state'];

const projectFor = () => testProject(site, simulatedGcloud(cloud), patience);
const checked = () => check(projectFor(), plan);

beforeAll(async () => {
  site = await testSite(
    'RATE_LIMIT_PER_MINUTE: 600\nOTEL_EXPORTER_OTLP_ENDPOINT: https://telemetry.googleapis.com\n' +
      'KEEP_UNRATED_DAYS: 30\nKEEP_REFUSED_MODELS_DAYS: 90\n',
  );
  plan = planOf(site);
  ({ cloud, patience } = simulation());
  expect(await up(projectFor(), plan, silent)).toEqual([]);
  expect(await checked()).toEqual([]);
  right = structuredClone(cloud.state);
});
beforeEach(() => {
  Object.assign(cloud.state, structuredClone(right));
});

/** Changes one field of what is there, at a dotted path. */
function set(noun: string, name: string, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const place = names.reduce<object>((at, one) => Object(Reflect.get(at, one)), cloud.find(noun, name));
  Reflect.set(place, last, value);
}

const variable = (name: string): string => `serviceConfig.environmentVariables.${name}`;
const trigger = 'projects/p/subscriptions/eventarc-prediction-123456-sub-1';
const bucket = 'gs://test-project-models';
const sql = 'sql instances';
const redis = 'redis instances';
const connector = 'compute networks vpc-access connectors';
const alerts = 'alpha monitoring policies';

const deviations: readonly (readonly [string, RegExp, () => unknown])[] = [
  [
    'an API is disabled',
    /eventarc.googleapis.com is missing/,
    () => cloud.remove('services', 'eventarc.googleapis.com'),
  ],
  [
    'an account is disabled',
    /disabled is true/,
    () => set('iam service-accounts', email('training'), 'disabled', true),
  ],
  [
    'an account is deleted',
    /loop-training: it is not there/,
    () => cloud.remove('iam service-accounts', email('training')),
  ],
  ['a topic is deleted', /topic model: it is not there/, () => cloud.remove('pubsub topics', 'model')],
  [
    'a topic forgets sooner',
    /messageRetentionDuration is 60s/,
    () => set('pubsub topics', 'job', 'messageRetentionDuration', '60s'),
  ],
  [
    'dead letters expire',
    /expirationPolicy.ttl/,
    () => set('pubsub subscriptions', 'dead-letter', 'expirationPolicy', { ttl: '86400s' }),
  ],
  [
    'dead letters are offered again at once',
    /ackDeadlineSeconds is 10/,
    () => set('pubsub subscriptions', 'dead-letter', 'ackDeadlineSeconds', 10),
  ],
  [
    'nothing holds the dead letters',
    /subscription dead-letter: it is not there/,
    () => cloud.remove('pubsub subscriptions', 'dead-letter'),
  ],
  [
    'a bucket keeps nothing that is overwritten',
    /versioning_enabled is false/,
    () => set('storage buckets', bucket, 'versioning_enabled', false),
  ],
  [
    'a bucket may be made public',
    /public_access_prevention is inherited/,
    () => set('storage buckets', bucket, 'public_access_prevention', 'inherited'),
  ],
  [
    'a bucket has rights by object',
    /uniform_bucket_level_access is false/,
    () => set('storage buckets', bucket, 'uniform_bucket_level_access', false),
  ],
  [
    'the set-up bucket keeps what is deleted',
    /retentionDurationSeconds is 604800/,
    () =>
      set('storage buckets', `${bucket}-setup`, 'soft_delete_policy', { retentionDurationSeconds: '604800' }),
  ],
  [
    'somebody may read the password',
    /somebody@example.com has roles\/secretmanager.secretAccessor/,
    () => cloud.bind('secrets', 'db-pass', 'roles/secretmanager.secretAccessor', somebody),
  ],
  [
    'a function may not read the password',
    /loop-training\S* lacks roles\/secretmanager/,
    () =>
      cloud.unbind('secrets', 'db-pass-training', 'roles/secretmanager.secretAccessor', member('training')),
  ],
  [
    'a function may read the password of another one',
    /loop-prediction-to-db\S* has roles\/secretmanager.secretAccessor/,
    () =>
      cloud.bind(
        'secrets',
        'db-pass-training',
        'roles/secretmanager.secretAccessor',
        member('prediction-to-db'),
      ),
  ],
  [
    'somebody may read what signs models',
    /somebody@example.com has roles\/secretmanager.secretAccessor/,
    () => cloud.bind('secrets', 'model-keys', 'roles/secretmanager.secretAccessor', somebody),
  ],
  [
    'somebody may put models into the bucket',
    /somebody@example.com has roles\/storage.objectCreator/,
    () => cloud.bind('storage buckets', bucket, 'roles/storage.objectCreator', somebody),
  ],
  [
    'a function may not publish',
    /loop-prediction\S* lacks roles\/pubsub.publisher/,
    () => cloud.unbind('pubsub topics', 'prediction', 'roles/pubsub.publisher', member('prediction')),
  ],
  [
    'Pub/Sub may not forward dead letters',
    /gcp-sa-pubsub\S* lacks roles\/pubsub.publisher/,
    () =>
      cloud.unbind(
        'pubsub topics',
        'dead-letter',
        'roles/pubsub.publisher',
        'serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com',
      ),
  ],
  [
    'Eventarc lost its role',
    /gcp-sa-eventarc\S* lacks/,
    () =>
      cloud.unbind(
        'projects',
        projectId,
        'roles/eventarc.serviceAgent',
        'serviceAccount:service-123456789@gcp-sa-eventarc.iam.gserviceaccount.com',
      ),
  ],
  [
    'traces are refused',
    /lacks roles\/telemetry.tracesWriter/,
    () => cloud.unbind('projects', projectId, 'roles/telemetry.tracesWriter', member('prediction')),
  ],
  [
    'everybody may call',
    /allUsers has roles\/run.invoker/,
    () => cloud.bind('run services', 'predict-api', 'roles/run.invoker', 'allUsers'),
  ],
  [
    'a trigger may not call its function',
    /lacks roles\/run.invoker/,
    () => cloud.unbind('run services', 'training', 'roles/run.invoker', member('training')),
  ],
  ['the connector is smaller', /maxInstances is 2/, () => set(connector, 'banknote-loop', 'maxInstances', 2)],
  ['the connector is in an error', /state is ERROR/, () => set(connector, 'banknote-loop', 'state', 'ERROR')],
  [
    'the connector is in another network',
    /network is other/,
    () => set(connector, 'banknote-loop', 'network', 'other'),
  ],
  ['Redis is larger', /memorySizeGb is 5/, () => set(redis, 'banknote-loop', 'memorySizeGb', 5)],
  [
    'Redis is of another tier',
    /tier is STANDARD_HA/,
    () => set(redis, 'banknote-loop', 'tier', 'STANDARD_HA'),
  ],
  [
    'the database has another machine',
    /tier is db-f1-micro/,
    () => set(sql, 'banknote-loop', 'settings.tier', 'db-f1-micro'),
  ],
  [
    'the database has a public address',
    /ipv4Enabled is true/,
    () => set(sql, 'banknote-loop', 'settings.ipConfiguration.ipv4Enabled', true),
  ],
  [
    'the database is not backed up',
    /pointInTimeRecoveryEnabled is false/,
    () => set(sql, 'banknote-loop', 'settings.backupConfiguration.pointInTimeRecoveryEnabled', false),
  ],
  [
    'the database may be deleted',
    /deletionProtectionEnabled is false/,
    () => set(sql, 'banknote-loop', 'settings.deletionProtectionEnabled', false),
  ],
  [
    'the database takes fewer connections',
    /max_connections.value is not set/,
    () => set(sql, 'banknote-loop', 'settings.databaseFlags', []),
  ],
  [
    'the database is gone',
    /database banknotes: it is not there/,
    () => cloud.remove('sql databases', 'banknotes'),
  ],
  [
    'a function is deleted',
    /function training: it is not there/,
    () => simulatedGcloud(cloud)(['functions', 'delete', 'training', `--project=${projectId}`]),
  ],
  [
    'a variable was added by hand',
    /CORS_ORIGINS is \*, and should not be set/,
    () => set('functions', 'predict-api', variable('CORS_ORIGINS'), '*'),
  ],
  [
    'a variable was changed by hand',
    /RATE_LIMIT_PER_MINUTE is 9/,
    () => set('functions', 'predict-api', variable('RATE_LIMIT_PER_MINUTE'), '9'),
  ],
  [
    'a variable was removed by hand',
    /RATE_LIMIT_PER_MINUTE is not set/,
    () => set('functions', 'ingest-api', variable('RATE_LIMIT_PER_MINUTE'), undefined),
  ],
  [
    'a function goes through another connector',
    /vpcConnector is other/,
    () => set('functions', 'training', 'serviceConfig.vpcConnector', 'other'),
  ],
  [
    'a function sends everything through the network',
    /vpcConnectorEgressSettings is ALL_TRAFFIC/,
    () => set('functions', 'training', 'serviceConfig.vpcConnectorEgressSettings', 'ALL_TRAFFIC'),
  ],
  [
    'a function takes calls from anywhere',
    /ingressSettings is ALLOW_ALL/,
    () => set('functions', 'training', 'serviceConfig.ingressSettings', 'ALLOW_ALL'),
  ],
  [
    'a function has less memory',
    /availableMemory is 128Mi/,
    () => set('functions', 'training', 'serviceConfig.availableMemory', '128Mi'),
  ],
  [
    'a function works as another account',
    /serviceAccountEmail is default/,
    () => set('functions', 'training', 'serviceConfig.serviceAccountEmail', 'default'),
  ],
  [
    'a function may grow without bound',
    /maxInstanceCount is 1000/,
    () => set('functions', 'prediction-to-db', 'serviceConfig.maxInstanceCount', 1000),
  ],
  [
    'a trigger gives up at once',
    /retryPolicy is RETRY_POLICY_DO_NOT_RETRY/,
    () => set('functions', 'training', 'eventTrigger.retryPolicy', 'RETRY_POLICY_DO_NOT_RETRY'),
  ],
  [
    'traffic is pinned to an old revision',
    /the latest prediction answers: spec.traffic/,
    () =>
      set('run services', 'prediction', 'spec.traffic', [{ revisionName: 'prediction-00001', percent: 100 }]),
  ],
  [
    'traffic is divided',
    /spec.traffic has 2 entries/,
    () =>
      set('run services', 'prediction', 'spec.traffic', [
        { latestRevision: true, percent: 50 },
        { revisionName: 'prediction-00001', percent: 50 },
      ]),
  ],
  [
    'messages that fail are lost',
    /deadLetterPolicy.deadLetterTopic is not set/,
    () => set('pubsub subscriptions', trigger, 'deadLetterPolicy', undefined),
  ],
  [
    'messages that fail go elsewhere',
    /deadLetterTopic is projects\/p\/topics\/bin/,
    () => set('pubsub subscriptions', trigger, 'deadLetterPolicy.deadLetterTopic', 'projects/p/topics/bin'),
  ],
  [
    'messages that fail come again at once',
    /retryPolicy.minimumBackoff is not set/,
    () => set('pubsub subscriptions', trigger, 'retryPolicy', {}),
  ],
  [
    'a subscription expires',
    /expirationPolicy.ttl/,
    () => set('pubsub subscriptions', trigger, 'expirationPolicy', { ttl: '2678400s' }),
  ],
  [
    'what has had its time is not taken out any more',
    /banknote-loop-keep, what has had its time goes every night: it is not there/,
    () => cloud.remove('scheduler jobs', 'banknote-loop-keep'),
  ],
  [
    'it is taken out another time',
    /schedule is 0 0 1 1 \*/,
    () => set('scheduler jobs', 'banknote-loop-keep', 'schedule', '0 0 1 1 *'),
  ],
  ['it is put off', /state is PAUSED/, () => set('scheduler jobs', 'banknote-loop-keep', 'state', 'PAUSED')],
  [
    'something else is done at that time',
    /httpTarget.uri is https:\/\/elsewhere/,
    () => set('scheduler jobs', 'banknote-loop-keep', 'httpTarget.uri', 'https://elsewhere.example'),
  ],
  [
    'Cloud Scheduler may not run the tools',
    /loop-tools\S* lacks roles\/run.jobsExecutorWithOverrides/,
    () => cloud.unbind('run jobs', 'loop-tools', 'roles/run.jobsExecutorWithOverrides', member('tools')),
  ],
  [
    'somebody else may delete models',
    /somebody@example.com has roles\/storage.objectUser/,
    () => cloud.bind('storage buckets', bucket, 'roles/storage.objectUser', somebody),
  ],
  [
    'the tools keep what is kept for longer',
    /KEEP_UNRATED_DAYS/,
    () => {
      const job = cloud.find('run jobs', 'loop-tools');
      const text = JSON.stringify(job).replace(
        '"KEEP_UNRATED_DAYS","value":"30"',
        '"KEEP_UNRATED_DAYS","value":"9"',
      );
      Object.assign(job, JSON.parse(text));
    },
  ],
  [
    'a metric counts something else',
    /filter is severity>DEBUG/,
    () => set('logging metrics', 'banknote.refusals', 'filter', 'severity>DEBUG'),
  ],
  [
    'a metric has a further label',
    /labelExtractors.who/,
    () => set('logging metrics', 'banknote.refusals', 'labelExtractors.who', 'x'),
  ],
  [
    'log lines are not kept',
    /there should be none name banknote-loop/,
    () => set('logging sinks', '_Default', 'exclusions', [{ name: 'banknote-loop', filter: 'x' }]),
  ],
  [
    'an alert has another threshold',
    /thresholdValue is 99/,
    () =>
      set(alerts, 'projects/123456789/alertPolicies/1', 'conditions.0.conditionThreshold.thresholdValue', 99),
  ],
  [
    'an alert waits longer',
    /duration is 86400s/,
    () =>
      set(alerts, 'projects/123456789/alertPolicies/1', 'conditions.0.conditionThreshold.duration', '86400s'),
  ],
  [
    'an alert is less severe',
    /severity is WARNING/,
    () => set(alerts, 'projects/123456789/alertPolicies/2', 'severity', 'WARNING'),
  ],
  [
    'an alert is switched off',
    /enabled is false/,
    () => set(alerts, 'projects/123456789/alertPolicies/2', 'enabled', false),
  ],
];

it('has at least forty of them', () => {
  expect(deviations.length).toBeGreaterThanOrEqual(40);
});

it.each(deviations)('finds and mends it when %s', async (_title, said, deviate) => {
  await deviate();
  expect((await checked()).join('\n')).toMatch(said);
  expect(await up(projectFor(), plan, silent)).toEqual([]);
  expect(await checked()).toEqual([]);
});
