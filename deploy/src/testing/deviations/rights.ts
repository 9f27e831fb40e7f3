import { projectId } from '../site.ts';
import { bucket, type Deviation, email, member, somebody } from './deviation.ts';

// Of accounts, APIs, and who may do what.

export const rights: readonly Deviation[] = [
  [
    'an API is disabled',
    /eventarc.googleapis.com is missing/,
    ({ cloud }) => cloud.remove('services', 'eventarc.googleapis.com'),
  ],
  [
    'an account is disabled',
    /disabled is true/,
    ({ set }) => set('iam service-accounts', email('training'), 'disabled', true),
  ],
  [
    'an account is deleted',
    /loop-training: it is not there/,
    ({ cloud }) => cloud.remove('iam service-accounts', email('training')),
  ],
  [
    'everybody may publish',
    /allUsers has roles\/pubsub.publisher, and should not/,
    ({ cloud }) => cloud.bind('pubsub topics', 'request', 'roles/pubsub.publisher', 'allUsers'),
  ],
  [
    'a function may publish what it has no business with',
    /loop-prediction@\S+ has roles\/pubsub.publisher, and should not/,
    ({ cloud }) => cloud.bind('pubsub topics', 'model', 'roles/pubsub.publisher', member('prediction')),
  ],
  [
    'a function has more rights on the project',
    /loop-training@\S+ has roles\/editor, and should not/,
    ({ cloud }) => cloud.bind('projects', projectId, 'roles/editor', member('training')),
  ],
  [
    'everybody may read models',
    /allUsers has roles\/storage.objectViewer, and should not/,
    ({ cloud }) => cloud.bind('storage buckets', bucket, 'roles/storage.objectViewer', 'allUsers'),
  ],
  [
    'a function may manage a secret',
    /loop-training@\S+ has roles\/secretmanager.admin/,
    ({ cloud }) => cloud.bind('secrets', 'db-pass', 'roles/secretmanager.admin', member('training')),
  ],
  [
    'everybody may change a function',
    /allAuthenticatedUsers has roles\/run.developer/,
    ({ cloud }) => cloud.bind('run services', 'predict-api', 'roles/run.developer', 'allAuthenticatedUsers'),
  ],
  [
    'a right counts at times only',
    /loop-training@\S+ lacks roles\/run.invoker/,
    ({ cloud }) => {
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
    ({ cloud }) =>
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
    ({ cloud }) =>
      cloud.unbind(
        'projects',
        projectId,
        'roles/vpcaccess.serviceAgent',
        'serviceAccount:service-123456789@gcp-sa-vpcaccess.iam.gserviceaccount.com',
      ),
  ],
  [
    'somebody may read the password',
    /somebody@example.com has roles\/secretmanager.secretAccessor/,
    ({ cloud }) => cloud.bind('secrets', 'db-pass', 'roles/secretmanager.secretAccessor', somebody),
  ],
  [
    'a function may not read the password',
    /loop-training\S* lacks roles\/secretmanager/,
    ({ cloud }) =>
      cloud.unbind('secrets', 'db-pass-training', 'roles/secretmanager.secretAccessor', member('training')),
  ],
  [
    'a function may read the password of another one',
    /loop-prediction-to-db\S* has roles\/secretmanager.secretAccessor/,
    ({ cloud }) =>
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
    ({ cloud }) => cloud.bind('secrets', 'model-keys', 'roles/secretmanager.secretAccessor', somebody),
  ],
  [
    'somebody may put models into the bucket',
    /somebody@example.com has roles\/storage.objectCreator/,
    ({ cloud }) => cloud.bind('storage buckets', bucket, 'roles/storage.objectCreator', somebody),
  ],
  [
    'a function may not publish',
    /loop-prediction\S* lacks roles\/pubsub.publisher/,
    ({ cloud }) =>
      cloud.unbind('pubsub topics', 'prediction', 'roles/pubsub.publisher', member('prediction')),
  ],
  [
    'Pub/Sub may not forward dead letters',
    /gcp-sa-pubsub\S* lacks roles\/pubsub.publisher/,
    ({ cloud }) =>
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
    ({ cloud }) =>
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
    ({ cloud }) => cloud.unbind('projects', projectId, 'roles/telemetry.tracesWriter', member('prediction')),
  ],
  [
    'everybody may call',
    /allUsers has roles\/run.invoker/,
    ({ cloud }) => cloud.bind('run services', 'predict-api', 'roles/run.invoker', 'allUsers'),
  ],
  [
    'a trigger may not call its function',
    /lacks roles\/run.invoker/,
    ({ cloud }) => cloud.unbind('run services', 'training', 'roles/run.invoker', member('training')),
  ],
  [
    'Cloud Scheduler may not run the tools',
    /loop-tools\S* lacks roles\/run.jobsExecutorWithOverrides/,
    ({ cloud }) =>
      cloud.unbind('run jobs', 'loop-tools', 'roles/run.jobsExecutorWithOverrides', member('tools')),
  ],
  [
    'somebody else may delete models',
    /somebody@example.com has roles\/storage.objectUser/,
    ({ cloud }) => cloud.bind('storage buckets', bucket, 'roles/storage.objectUser', somebody),
  ],
];
