import { check } from './check.ts';
import { render } from './command.ts';
import type { Gcloud } from './gcloud.ts';
import { planOf } from './plan.ts';
import type { Site } from './site.ts';
import type { Cloud } from './testing/cloud.ts';
import { hasGcloud, oneOfEach, parseByGcloud } from './testing/lint.ts';
import { simulatedGcloud } from './testing/simulated-gcloud.ts';
import { projectId, simulation, testProject, testSite } from './testing/site.ts';
import { addVersion } from './testing/storage.ts';
import { up } from './up.ts';

// What people, consoles and other programs do to a project, one thing at a time.

const silent = { stage: () => {}, step: () => {} };
const email = (name: string): string => `loop-${name}@${projectId}.iam.gserviceaccount.com`;
const member = (name: string): string => `serviceAccount:${email(name)}`;
const somebody = 'user:somebody@example.com';

let site: Site;
let plan: ReturnType<typeof planOf>;
let cloud: Cloud;
let patience: ReturnType<typeof simulation>['patience'];
let right: Cloud['state'];

const gcloud = (...args: readonly string[]) => simulatedGcloud(cloud)([...args, `--project=${projectId}`]);
/** All commands that have been run. */
const given = new Set<readonly string[]>();
const remembering: Gcloud = (args, input) => {
  given.add(args);
  return simulatedGcloud(cloud)(args, input);
};
const projectFor = () => testProject(site, remembering, patience);
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
const subscriptionOf = (name: string): string => `projects/p/subscriptions/eventarc-${name}-123456-sub-1`;
const trigger = subscriptionOf('prediction');
const container = 'spec.template.spec.template.spec.containers.0';
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
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
  [
    'a topic is deleted, with which its subscriptions lose it',
    /topic model: it is not there[\s\S]*training-to-db hears of model: topic is _deleted-topic_/,
    () => gcloud('pubsub', 'topics', 'delete', 'model'),
  ],
  [
    'a subscription is detached from its topic',
    /training hears of job: detached is true/,
    () => set('pubsub subscriptions', subscriptionOf('training'), 'detached', true),
  ],
  [
    'the subscription of a trigger is deleted',
    /training hears of job: it is not there/,
    () => cloud.remove('pubsub subscriptions', subscriptionOf('training')),
  ],
  [
    'a trigger is deleted',
    /training hears of job: it is not there/,
    () => gcloud('eventarc', 'triggers', 'delete', 'training-123456'),
  ],
  [
    'messages are pushed elsewhere',
    /pushEndpoint is https:\/\/theirs.example, and should be the address of prediction/,
    () => set('pubsub subscriptions', trigger, 'pushConfig.pushEndpoint', 'https://theirs.example'),
  ],
  [
    'messages are pushed as another account',
    /pushConfig.oidcToken.serviceAccountEmail is theirs/,
    () => set('pubsub subscriptions', trigger, 'pushConfig.oidcToken.serviceAccountEmail', 'theirs'),
  ],
  [
    'messages are pushed for another audience',
    /pushConfig.oidcToken.audience is https:\/\/theirs/,
    () => set('pubsub subscriptions', trigger, 'pushConfig.oidcToken.audience', 'https://theirs.example'),
  ],
  [
    'messages are pushed without their envelope',
    /pushConfig.noWrapper.writeMetadata is true/,
    () => set('pubsub subscriptions', trigger, 'pushConfig.noWrapper', { writeMetadata: true }),
  ],
  [
    'messages come again while they are worked on',
    /delivery to prediction: ackDeadlineSeconds is 10/,
    () => set('pubsub subscriptions', trigger, 'ackDeadlineSeconds', 10),
  ],
  [
    'messages wait for an hour only',
    /delivery to prediction: messageRetentionDuration is 3600s/,
    () => set('pubsub subscriptions', trigger, 'messageRetentionDuration', '3600s'),
  ],
  [
    'messages are given up sooner',
    /maxDeliveryAttempts is 5/,
    () => set('pubsub subscriptions', trigger, 'deadLetterPolicy.maxDeliveryAttempts', 5),
  ],
  [
    'a topic refuses what does not fit a schema',
    /topic request: schemaSettings.schema is theirs/,
    () => set('pubsub topics', 'request', 'schemaSettings', { schema: 'theirs' }),
  ],
  [
    'dead letters are pushed to somebody',
    /subscription dead-letter: pushConfig.pushEndpoint is https/,
    () =>
      set('pubsub subscriptions', 'dead-letter', 'pushConfig', { pushEndpoint: 'https://theirs.example' }),
  ],
  [
    'everybody may publish',
    /allUsers has roles\/pubsub.publisher, and should not/,
    () => cloud.bind('pubsub topics', 'request', 'roles/pubsub.publisher', 'allUsers'),
  ],
  [
    'a function may publish what it has no business with',
    /loop-prediction@\S+ has roles\/pubsub.publisher, and should not/,
    () => cloud.bind('pubsub topics', 'model', 'roles/pubsub.publisher', member('prediction')),
  ],
  [
    'a function has more rights on the project',
    /loop-training@\S+ has roles\/editor, and should not/,
    () => cloud.bind('projects', projectId, 'roles/editor', member('training')),
  ],
  [
    'everybody may read models',
    /allUsers has roles\/storage.objectViewer, and should not/,
    () => cloud.bind('storage buckets', bucket, 'roles/storage.objectViewer', 'allUsers'),
  ],
  [
    'a function may manage a secret',
    /loop-training@\S+ has roles\/secretmanager.admin/,
    () => cloud.bind('secrets', 'db-pass', 'roles/secretmanager.admin', member('training')),
  ],
  [
    'everybody may change a function',
    /allAuthenticatedUsers has roles\/run.developer/,
    () => cloud.bind('run services', 'predict-api', 'roles/run.developer', 'allAuthenticatedUsers'),
  ],
  [
    'a right counts at times only',
    /loop-training@\S+ lacks roles\/run.invoker/,
    () => {
      cloud.state.policies['run services training'] = {
        bindings: [
          { role: 'roles/run.invoker', members: [member('training')], condition: { title: 'until noon' } },
        ],
      };
    },
  ],
  [
    'an agent of Google lost its role',
    /serverless-robot-prod\S+ lacks roles\/run.serviceAgent/,
    () =>
      cloud.unbind(
        'projects',
        projectId,
        'roles/run.serviceAgent',
        'serviceAccount:service-123456789@serverless-robot-prod.iam.gserviceaccount.com',
      ),
  ],
  [
    'the agent of the connector lost its role',
    /gcp-sa-vpcaccess\S+ lacks roles\/vpcaccess.serviceAgent/,
    () =>
      cloud.unbind(
        'projects',
        projectId,
        'roles/vpcaccess.serviceAgent',
        'serviceAccount:service-123456789@gcp-sa-vpcaccess.iam.gserviceaccount.com',
      ),
  ],
  [
    'a password is disabled',
    /password in the secret db-pass-training: state is DISABLED/,
    () => set('secrets', 'db-pass-training', 'state', 'DISABLED'),
  ],
  [
    'a password is destroyed',
    /password in the secret db-pass-training: state is DESTROYED/,
    () => set('secrets', 'db-pass-training', 'state', 'DESTROYED'),
  ],
  [
    'a password is put into its secret that the database does not know',
    /database user banknote_loop_training: custom_fields.password/,
    () => addVersion(cloud, 'db-pass-training', 'another'),
  ],
  ['a secret is deleted', /secret db-pass: it is not there/, () => cloud.remove('secrets', 'db-pass')],
  [
    'keys are disabled',
    /key in the secret model-keys: state is DISABLED/,
    () => set('secrets', 'model-keys', 'state', 'DISABLED'),
  ],
  [
    'the password of Redis is destroyed',
    /secret redis-auth can be read: state is DESTROYED/,
    () => set('secrets', 'redis-auth', 'state', 'DESTROYED'),
  ],
  [
    'somebody writes down another password of Redis',
    /password of Redis in the secret redis-auth: labels.version/,
    () => addVersion(cloud, 'redis-auth', 'wrong'),
  ],
  [
    'models have their time in the bucket',
    /lifecycle_config.rule/,
    () => set('storage buckets', bucket, 'lifecycle_config', { rule: [{ action: { type: 'Delete' } }] }),
  ],
  [
    'nothing may be deleted from the bucket',
    /retention_policy.retentionPeriod/,
    () => set('storage buckets', bucket, 'retention_policy', { retentionPeriod: '86400' }),
  ],
  [
    'whoever reads a model pays',
    /requester_pays is true/,
    () => set('storage buckets', bucket, 'requester_pays', true),
  ],
  [
    'what is deleted is gone at once',
    /bucket test-project-models: soft_delete_policy.retentionDurationSeconds is 0/,
    () => set('storage buckets', bucket, 'soft_delete_policy', { retentionDurationSeconds: '0' }),
  ],
  [
    'the database is stopped',
    /activationPolicy is NEVER/,
    () => set(sql, 'banknote-loop', 'settings.activationPolicy', 'NEVER'),
  ],
  [
    'the database lets a network in',
    /authorizedNetworks has 1 entries/,
    () => set(sql, 'banknote-loop', 'settings.ipConfiguration.authorizedNetworks', [{ value: '0.0.0.0/0' }]),
  ],
  [
    'the database forgets its log sooner',
    /transactionLogRetentionDays is 1/,
    () => set(sql, 'banknote-loop', 'settings.backupConfiguration.transactionLogRetentionDays', 1),
  ],
  [
    'the database keeps one backup',
    /retainedBackups is 1/,
    () =>
      set(sql, 'banknote-loop', 'settings.backupConfiguration.backupRetentionSettings', {
        retainedBackups: 1,
      }),
  ],
  [
    'the database is in another number of zones',
    /availabilityType is REGIONAL/,
    () => set(sql, 'banknote-loop', 'settings.availabilityType', 'REGIONAL'),
  ],
  [
    'the database takes connections that are not encrypted',
    /sslMode is ALLOW_UNENCRYPTED_AND_ENCRYPTED/,
    () => set(sql, 'banknote-loop', 'settings.ipConfiguration.sslMode', 'ALLOW_UNENCRYPTED_AND_ENCRYPTED'),
  ],
  [
    'Redis puts out what it thinks is old',
    /redisConfigs.maxmemory-policy is allkeys-lru/,
    () => set(redis, 'banknote-loop', 'redisConfigs', { 'maxmemory-policy': 'allkeys-lru' }),
  ],
  [
    'Redis is of another version',
    /redisVersion is REDIS_6_X/,
    () => set(redis, 'banknote-loop', 'redisVersion', 'REDIS_6_X'),
  ],
  [
    'Redis asks for no password',
    /authEnabled is false/,
    () => set(redis, 'banknote-loop', 'authEnabled', false),
  ],
  [
    'Redis does not encrypt',
    /transitEncryptionMode is DISABLED/,
    () => set(redis, 'banknote-loop', 'transitEncryptionMode', 'DISABLED'),
  ],
  [
    'the connector is gone',
    /VPC connector banknote-loop: it is not there/,
    () => cloud.remove(connector, 'banknote-loop'),
  ],
  [
    'a function has a variable of a secret',
    /secretEnvironmentVariables.KEY/,
    () =>
      set('functions', 'training', 'serviceConfig.secretEnvironmentVariables', [
        { name: 'KEY', value: { secret: 'theirs' } },
      ]),
  ],
  [
    'a function is built with a variable of its own',
    /buildConfig.environmentVariables.NODE_ENV is test/,
    () => set('functions', 'training', 'buildConfig.environmentVariables', { NODE_ENV: 'test' }),
  ],
  [
    'a function does not say any more whose it is',
    /labels.made-by is not set/,
    () => set('functions', 'training', 'labels.made-by', undefined),
  ],
  [
    'other code was deployed',
    /labels.artefact is theirs/,
    () => set('functions', 'training', 'labels.artefact', 'theirs'),
  ],
  [
    'a function takes one request at a time',
    /maxInstanceRequestConcurrency is 1/,
    () => set('functions', 'prediction', 'serviceConfig.maxInstanceRequestConcurrency', 1),
  ],
  [
    'a function is kept warm',
    /minInstanceCount is 3/,
    () => set('functions', 'prediction', 'serviceConfig.minInstanceCount', 3),
  ],
  [
    'a function has less time',
    /timeoutSeconds is 1/,
    () => set('functions', 'training', 'serviceConfig.timeoutSeconds', 1),
  ],
  [
    'a function has half a processor',
    /availableCpu is 0.5/,
    () => set('functions', 'training', 'serviceConfig.availableCpu', '0.5'),
  ],
  [
    'a function runs on another runtime',
    /buildConfig.runtime is nodejs18/,
    () => set('functions', 'training', 'buildConfig.runtime', 'nodejs18'),
  ],
  [
    'the tools do something else by themselves',
    /args.0 is scripts\/people.ts/,
    () => set('run jobs', 'loop-tools', `${container}.args`, ['scripts/people.ts']),
  ],
  [
    'the tools have less memory',
    /resources.limits.memory is 128Mi/,
    () => set('run jobs', 'loop-tools', `${container}.resources.limits.memory`, '128Mi'),
  ],
  [
    'the image of the tools is gone',
    /image tools: it is not there/,
    () => {
      const [image = ''] = Object.keys(cloud.state.resources).filter(key => key.includes('/tools:'));
      delete cloud.state.resources[image];
    },
  ],
  [
    'images may change under their names',
    /dockerConfig.immutableTags is false/,
    () => set('artifacts repositories', 'banknote-loop', 'dockerConfig.immutableTags', false),
  ],
  [
    'images have their time',
    /cleanupPolicies.old/,
    () => set('artifacts repositories', 'banknote-loop', 'cleanupPolicies', { old: { action: 'DELETE' } }),
  ],
  [
    'a metric is switched off',
    /metric banknote.refusals: disabled is true/,
    () => set('logging metrics', 'banknote.refusals', 'disabled', true),
  ],
  [
    'a metric takes another value',
    /valueExtractor is EXTRACT\(jsonPayload.x\)/,
    () => set('logging metrics', 'banknote.message.age', 'valueExtractor', 'EXTRACT(jsonPayload.x)'),
  ],
  [
    'an alert is deleted',
    /alert "[^"]+": it is not there/,
    () => cloud.remove(alerts, 'projects/123456789/alertPolicies/1'),
  ],
  [
    'an alert looks at something else as well',
    /conditions has 2 entries/,
    () => {
      const policy = cloud.find(alerts, 'projects/123456789/alertPolicies/1');
      const { conditions } = policy;
      Object.assign(policy, { conditions: [...listOf(conditions), ...listOf(conditions)] });
    },
  ],
  [
    'an alert needs all of its conditions',
    /combiner is AND/,
    () => set(alerts, 'projects/123456789/alertPolicies/1', 'combiner', 'AND'),
  ],
  [
    'the dashboard is deleted',
    /the dashboard: it is not there/,
    () => cloud.remove('monitoring dashboards', 'projects/123456789/dashboards/1'),
  ],
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
    () => gcloud('functions', 'delete', 'training'),
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

it.each(deviations)('finds and mends it when %s', async (_title, said, deviate) => {
  await deviate();
  expect((await checked()).join('\n')).toMatch(said);
  expect(await up(projectFor(), plan, silent)).toEqual([]);
  expect(await checked()).toEqual([]);
});

(hasGcloud ? it : it.skip)(
  'mends by commands that the installed gcloud parses (skipped where there is no gcloud)',
  () => {
    const commands = oneOfEach(
      site,
      [...given].map(args => render({ args })),
    );
    expect(commands.length).toBeGreaterThan(60);
    expect(parseByGcloud(commands).filter(({ success }) => !success)).toEqual([]);
  },
  240_000,
);
