import type { AnyFunction } from '@banknote-loop/shared/http';
import { planOf } from '../plan.ts';
import { memberOf, type Site } from '../site.ts';
import type { Grant } from '../step.ts';
import { testSite } from '../testing/site.ts';

const models = 'gs://test-project-models';
const everyTopic = ['request', 'prediction', 'feedback', 'training', 'job', 'model'];
const publish = (topic: string) => `roles/pubsub.publisher on ${topic}`;
const readModels = `roles/storage.objectViewer on ${models}`;
const read = (secret: string) => `roles/secretmanager.secretAccessor on ${secret}`;
const readKeys = read('model-keys');
const redis = [read('redis-auth'), read('redis-ca')];

/** What it takes to work with each resource; whatever a definition uses and is not listed here fails the test. */
const needed: Readonly<Record<string, readonly string[]>> = {
  database: [read('db-ca')],
  cache: redis,
  'access-control': redis,
  'sign-in': redis,
  'message-keys': [read('message-keys')],
  'live-model': [readModels, readKeys, ...redis],
  'model-store': [readModels, readKeys, `roles/storage.objectCreator on ${models}`],
  'dead-letters': [
    'roles/pubsub.subscriber on dead-letter',
    'roles/pubsub.viewer on test-project',
    ...everyTopic.map(publish),
  ],
  monitoring: ['roles/monitoring.viewer on test-project'],
};

function used({ name, kind, publishes, uses }: AnyFunction): readonly string[] {
  const rights = [
    ...publishes.map(topic => publish(topic.name)),
    ...Object.values(uses).flatMap(resource => needed[resource.name] ?? [`unknown: ${resource.name}`]),
    // Nobody logs in as another function.
    ...Object.values(uses).flatMap(resource =>
      resource.name === 'database' ? [read(`db-pass-${name}`)] : [],
    ),
    // Its own trigger calls it, and what it refuses goes to dead-letter.
    ...(kind === 'event' ? [`roles/run.invoker on ${name}`, publish('dead-letter')] : []),
    // It signs what decides on models, or asks for the signature.
    ...(['training', 'feedback-to-training', 'training-to-cache', 'training-to-db', 'predict-api'].includes(
      name,
    )
      ? [read('message-keys')]
      : []),
  ];
  return [...new Set(rights)].toSorted();
}

let site: Site;
let grants: readonly Grant[];

beforeAll(async () => {
  site = await testSite();
  const steps = planOf(site).flatMap(({ chains }) => chains.flat());
  grants = steps.filter((step): step is Grant => step.kind === 'grant');
});

function given(member: string): readonly string[] {
  return grants
    .filter(({ members }) => members.includes(member))
    .map(({ role, name }) => `${role} on ${name}`)
    .toSorted();
}

it('gives each function exactly the rights that its definition uses', () => {
  const planned = Object.fromEntries(site.functions.map(one => [one.name, given(memberOf(site, one))]));
  expect(planned).toEqual(Object.fromEntries(site.functions.map(one => [one.name, used(one)])));
});

it('lets the function with the page read what the page proves itself with, and no other', async () => {
  const page =
    'AUTH_JWKS_URL: https://a.example/keys\nAUTH_ISSUER: https://a.example\nAUTH_AUDIENCE: loop\nAUTH_CLIENT_ID: page';
  const signing = await testSite(`${page}\nDOMAIN: a.example.com\nAUTH_CLIENT_SECRET_NAME: page-secret\n`);
  const steps = planOf(signing).flatMap(({ chains }) => chains.flat());
  const readers = steps.filter((step): step is Grant => step.kind === 'grant' && step.name === 'page-secret');
  expect(readers.map(({ role, members }) => [role, members])).toEqual([
    [
      'roles/secretmanager.secretAccessor',
      ['serviceAccount:loop-predict-api@test-project.iam.gserviceaccount.com'],
    ],
  ]);
});

it('lets every function write traces when they go to Google, and none otherwise', async () => {
  const traced = await testSite('OTEL_EXPORTER_OTLP_ENDPOINT: https://telemetry.googleapis.com\n');
  const elsewhere = await testSite('OTEL_EXPORTER_OTLP_ENDPOINT: http://10.0.0.9:4318\n');
  const writers = (given: Site) =>
    planOf(given)
      .flatMap(({ chains }) => chains.flat())
      .flatMap(step =>
        step.kind === 'grant' && step.role === 'roles/telemetry.tracesWriter' ? step.members : [],
      );
  expect(writers(traced)).toHaveLength(site.functions.length);
  expect(writers(elsewhere)).toEqual([]);
});

it('gives the whole project to nobody, and publicly nothing', () => {
  const roles = grants.map(({ role }) => role);
  expect(roles.filter(role => /owner|editor|admin/i.test(role))).toEqual([]);
  expect(grants.flatMap(({ members }) => members).filter(member => member.startsWith('all'))).toEqual([]);
});

it('makes the HTTP functions public only when the settings ask for it', async () => {
  const open = await testSite('INVOKERS: [allUsers]\nANYBODY_MAY_CALL: true\n');
  const steps = planOf(open).flatMap(({ chains }) => chains.flat());
  const everybody = steps.filter(step => step.kind === 'grant' && step.members.includes('allUsers'));
  expect(everybody.map(({ title }) => title)).toEqual(['who calls ingest-api', 'who calls predict-api']);
});
