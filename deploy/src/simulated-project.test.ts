import { z } from 'zod';
import { check } from './check.ts';
import { down } from './down.ts';
import { listOf } from './faults.ts';
import type { Gcloud } from './gcloud.ts';
import { deployerPlanOf, planOf } from './plan.ts';
import type { Site } from './site.ts';
import { simulatedGcloud } from './testing/simulated-gcloud.ts';
import type { SimulatedProject } from './testing/simulated-project.ts';
import { simulation, testProject, testSite } from './testing/site.ts';
import { up } from './up.ts';

// What Google's services do that is easily overlooked. The simulated project does it, too.

const silent = { stage: () => {}, step: () => {} };
const deployer = 'serviceAccount:loop-deployer@test-project.iam.gserviceaccount.com';

let site: Site;
let cloud: SimulatedProject;
let clock: ReturnType<typeof simulation>['clock'];

beforeAll(async () => {
  site = await testSite();
});
beforeEach(() => {
  ({ cloud, clock } = simulation());
});

const projectOf = (given: Site, through: Gcloud = simulatedGcloud(cloud)) =>
  testProject(given, through, clock);
const deploy = (given = site) => up(projectOf(given), planOf(given), silent);
const checked = (given = site) => check(projectOf(given), planOf(given));
const takeDown = (deleteData: boolean, kept: string[] = [], given = site) =>
  down(projectOf(given), planOf(given), {
    deleteData,
    onRemoved: () => {},
    onKept: (title, reason) => kept.push(`${title}: ${reason}`),
  });

describe('an account that deploys for others', () => {
  it.each([
    ['from source', ''],
    ['as images', 'DEPLOY_AS: images\n'],
    [
      'with all that can be asked for',
      'DOMAIN: notes.example.com\nDOOR_MEMBERS: [user:me@example.com]\nALERT_EMAILS: [me@example.com]\nLOG_LEVEL: warn\nTRIAL_MINUTES: 5\n',
    ],
  ])('may do all that the deployment does, from an empty project and back, %s', async (_title, more) => {
    const given = await testSite(`GITHUB_REPOSITORY: me/loop\n${more}`);
    expect(await up(projectOf(given), deployerPlanOf(given), silent)).toEqual([]);
    cloud.actor = deployer;
    expect(await deploy(given)).toEqual([]);
    expect(await checked(given)).toEqual([]);
    expect(await takeDown(true, [], given)).toEqual([]);
  });

  it('is denied for good what it may not do', async () => {
    await up(projectOf(site), deployerPlanOf(site), silent);
    cloud.unbind('projects', cloud.projectId, 'roles/monitoring.editor', deployer);
    cloud.actor = deployer;
    const [failure] = await deploy();
    expect(failure?.message).toMatch(/does not have permission: monitoring.editor/);
  });

  it('is let in from one branch of one repository, through APIs that are enabled', async () => {
    const given = await testSite('GITHUB_REPOSITORY: me/loop\n');
    await up(projectOf(given), deployerPlanOf(given), silent);
    expect(cloud.find('iam workload-identity-pools providers', 'github')).toMatchObject({
      attributeCondition: "assertion.repository=='me/loop' && assertion.ref=='refs/heads/main'",
    });
    for (const api of ['sts', 'iamcredentials'])
      expect(cloud.has('services', `${api}.googleapis.com`)).toBe(true);
  });
});

it('asks for Google’s own agents, and gives them the roles that they do not get by themselves', async () => {
  const agent = 'serviceAccount:service-123456789@gcp-sa-pubsub.iam.gserviceaccount.com';
  await deploy();
  expect(cloud.may('projects', cloud.projectId, 'roles/pubsub.serviceAgent', agent)).toBe(true);
  cloud.unbind('projects', cloud.projectId, 'roles/pubsub.serviceAgent', agent);
  cloud.remove('agents', 'pubsub');
  expect(await checked()).toEqual([expect.stringMatching(/lacks roles\/pubsub.serviceAgent/)]);
  expect(await deploy()).toEqual([]);
  expect(await checked()).toEqual([]);
});

it('makes accounts anew that have been deleted', async () => {
  await deploy();
  await takeDown(false);
  expect(await deploy()).toEqual([]);
  expect(await checked()).toEqual([]);
});

describe('tables', () => {
  const imported = (name: string) => JSON.stringify(cloud.find('sql databases', name).imported);

  it('are loaded into a database of another name', async () => {
    await deploy();
    const given = await testSite('DBNAME: votes\n');
    expect(await deploy(given)).toEqual([]);
    expect(imported('votes')).toContain('create table');
  });

  it('are loaded again when the instance or the database has been made anew', async () => {
    await deploy();
    cloud.change('sql instances', 'banknote-loop', { settings: {} });
    cloud.remove('sql instances', 'banknote-loop');
    cloud.remove('sql databases', 'banknotes');
    expect(await deploy()).toEqual([]);
    expect(imported('banknotes')).toContain('create table');
    cloud.remove('sql databases', 'banknotes');
    expect(await deploy()).toEqual([]);
    expect(imported('banknotes')).toContain('create table');
  });

  it('are loaded again after a backup has been restored', async () => {
    await deploy();
    cloud.change('sql databases', 'banknotes', { imported: {} });
    cloud.make('sql operations', '1', { operationType: 'RESTORE_VOLUME', endTime: cloud.timestamp() });
    expect(await checked()).toContainEqual(expect.stringContaining('tables, user and first rows'));
    expect(await deploy()).toEqual([]);
    expect(imported('banknotes')).toContain('create table');
    expect(await checked()).toEqual([]);
  });

  it('leave nothing of the script behind', async () => {
    await deploy();
    expect(cloud.remains.filter(one => one.includes('SCRAM'))).toEqual([]);
    expect(JSON.stringify(cloud.list('storage objects'))).not.toContain('SCRAM');
  });
});

describe('a password', () => {
  const dbUsers = () => JSON.stringify(cloud.find('sql databases', 'banknotes').imported);

  it('that was destroyed is another one, which the database is told', async () => {
    await deploy();
    const before = dbUsers();
    cloud.change('secrets', 'db-pass-training', { state: 'DESTROYED' });
    const former = cloud.find('secrets', 'db-pass-training').value;
    expect(await deploy()).toEqual([]);
    expect(cloud.find('secrets', 'db-pass-training').value).not.toBe(former);
    expect(dbUsers()).not.toBe(before);
    expect(await checked()).toEqual([]);
  });

  it('that was disabled is the same again', async () => {
    await deploy();
    const before = [dbUsers(), cloud.find('secrets', 'db-pass').value];
    cloud.change('secrets', 'db-pass', { state: 'DISABLED' });
    expect(await deploy()).toEqual([]);
    expect([dbUsers(), cloud.find('secrets', 'db-pass').value]).toEqual(before);
  });
});

it('says that dead letters are of a topic that was deleted, and leaves them where they are', async () => {
  await deploy();
  await simulatedGcloud(cloud)(['pubsub', 'topics', 'delete', 'dead-letter', `--project=${cloud.projectId}`]);
  const said = /subscription dead-letter: topic is _deleted-topic_/;
  expect((await checked()).join('\n')).toMatch(said);
  const [failure] = await deploy();
  expect(failure?.message).toMatch(said);
  expect(failure?.message).toMatch(/by hand/);
  expect(cloud.has('pubsub subscriptions', 'dead-letter')).toBe(true);
});

describe('a project without the network that Google usually makes', () => {
  it('gets one', async () => {
    ({ cloud, clock } = simulation({ withoutNetwork: true }));
    expect(await deploy()).toEqual([]);
    expect(await checked()).toEqual([]);
    expect(await takeDown(true)).toEqual([]);
    expect(cloud.list('compute networks')).toEqual([]);
  });

  it('is told that a network of the settings is not there, before anything is made', async () => {
    const [failure] = await deploy(await testSite('NETWORK: theirs\n'));
    expect(failure?.message).toMatch(/^network theirs: it is not there/);
    expect(cloud.list('pubsub topics')).toEqual([]);
  });
});

it('leaves the flags alone that others have set on the database', async () => {
  await deploy();
  const { settings } = cloud.find('sql instances', 'banknote-loop');
  Object.assign(Object(settings), {
    databaseFlags: [
      { name: 'log_min_duration_statement', value: '500' },
      { name: 'max_connections', value: '50' },
    ],
  });
  expect(await deploy()).toEqual([]);
  expect(cloud.find('sql instances', 'banknote-loop')).toMatchObject({
    settings: {
      databaseFlags: [
        { name: 'log_min_duration_statement', value: '500' },
        { name: 'max_connections', value: String(site.settings.DB_MAX_CONNECTIONS) },
      ],
    },
  });
});

it('never takes away what was there before it, whatever its name', async () => {
  cloud.make('storage buckets', 'gs://test-project-models', { location: 'EUROPE-WEST1' });
  cloud.make('storage objects', 'gs://test-project-models/theirs', {});
  cloud.make('compute addresses', 'banknote-loop-services', { description: 'ours' });
  const account = 'loop-builder@test-project.iam.gserviceaccount.com';
  cloud.make('iam service-accounts', account, { email: account, displayName: 'builds something else' });
  expect(await deploy()).toEqual([]);
  const kept: string[] = [];
  await takeDown(true, kept);
  expect(cloud.has('storage objects', 'gs://test-project-models/theirs')).toBe(true);
  expect(kept.filter(one => one.endsWith('it was not made by this deployment'))).toHaveLength(4);
});

it('writes all lines that the metrics are made of, and keeps those that the settings ask for', async () => {
  const given = await testSite('LOG_LEVEL: warn\n');
  expect(await deploy(given)).toEqual([]);
  for (const { serviceConfig } of cloud.list('functions'))
    expect(serviceConfig).toMatchObject({ environmentVariables: { LOG_LEVEL: 'info' } });
  const exclusions = () => cloud.find('logging sinks', '_Default').exclusions;
  expect(exclusions()).toEqual([
    { name: 'banknote-loop', filter: expect.stringMatching(/"training-to-db"\) AND severity<WARNING$/) },
  ]);
  expect(await checked(given)).toEqual([]);
  expect(await checked(site)).toEqual([expect.stringContaining('there should be none name banknote-loop')]);
  expect(await deploy(site)).toEqual([]);
  expect(exclusions()).toBeUndefined();
});

describe('functions as containers', () => {
  const asImages = 'DEPLOY_AS: images\nFUNCTIONS: { prediction: { minInstances: 1, cpu: 2 } }\n';
  let given: Site;
  beforeEach(async () => {
    given = await testSite(asImages);
    expect(await deploy(given)).toEqual([]);
  });

  it('are built once each, and checked like all else', async () => {
    expect(cloud.list('functions')).toEqual([]);
    expect(cloud.list('run services')).toHaveLength(given.functions.length);
    expect(await checked(given)).toEqual([]);
    // No machine stands in between that would cost something.
    expect(cloud.list('compute networks vpc-access connectors')).toEqual([]);
  });

  it('are deployed anew when they change, and only those', async () => {
    const before = cloud.list('artifacts docker images').length;
    const artefacts = new Map(given.artefacts).set('prediction', 'second');
    expect(await deploy({ ...given, artefacts })).toEqual([]);
    expect(cloud.list('artifacts docker images')).toHaveLength(before + 1);
    expect(cloud.list('run revisions', 'prediction-0')).toHaveLength(2);
    expect(cloud.list('run revisions', 'training-0')).toHaveLength(1);
  });

  it.each<readonly [string, RegExp, (template: object) => unknown]>([
    [
      'a variable is added',
      /CORS_ORIGINS is \*, and should not be set/,
      template => containerOf(template).env.push({ name: 'CORS_ORIGINS', value: '*' }),
    ],
    [
      'another image runs',
      /image is theirs/,
      template => Object.assign(containerOf(template), { image: 'theirs' }),
    ],
    [
      'another account works',
      /serviceAccountName is default/,
      template => void Object.assign(Reflect.get(template, 'spec'), { serviceAccountName: 'default' }),
    ],
    [
      'it may grow',
      /maxScale is 100/,
      template =>
        void Object.assign(Reflect.get(Reflect.get(template, 'metadata'), 'annotations'), {
          'autoscaling.knative.dev/maxScale': '100',
        }),
    ],
  ])('are mended when %s', async (_title, said, deviate) => {
    deviate(Reflect.get(Object(cloud.find('run services', 'predict-api').spec), 'template'));
    expect((await checked(given)).join('\n')).toMatch(said);
    expect(await deploy(given)).toEqual([]);
    expect(await checked(given)).toEqual([]);
  });

  it('get a new trigger when its topic was deleted, or its subscription', async () => {
    await simulatedGcloud(cloud)(['pubsub', 'topics', 'delete', 'job', `--project=${cloud.projectId}`]);
    cloud.remove('pubsub subscriptions', 'projects/p/subscriptions/eventarc-prediction-sub-1');
    const said = (await checked(given)).join('\n');
    expect(said).toMatch(/training hears of job: topic is _deleted-topic_/);
    expect(said).toMatch(/prediction hears of request: it is not there/);
    expect(await deploy(given)).toEqual([]);
    expect(await checked(given)).toEqual([]);
  });

  it('reach Google where somebody has kept their subnet from it', async () => {
    cloud.change('compute networks subnets', 'banknote-loop', { privateIpGoogleAccess: false });
    expect(await checked(given)).toEqual([expect.stringMatching(/privateIpGoogleAccess is false/)]);
    expect(await deploy(given)).toEqual([]);
    expect(await checked(given)).toEqual([]);
  });

  it('get a new trigger when somebody has sent theirs elsewhere', async () => {
    cloud.change('eventarc triggers', 'projects/p/locations/r/triggers/training', {
      serviceAccount: 'theirs',
    });
    expect((await checked(given)).join('\n')).toMatch(/trigger of training: serviceAccount is theirs/);
    expect(await deploy(given)).toEqual([]);
    expect(await checked(given)).toEqual([]);
  });

  it('go again without a trace', async () => {
    await down(projectOf(given), planOf(given), { deleteData: true, onRemoved: () => {}, onKept: () => {} });
    for (const noun of [
      'run services',
      'run jobs',
      'eventarc',
      'artifacts repositories',
      'compute networks subnets',
    ])
      expect(cloud.list(noun)).toEqual([]);
  });
});

interface Container {
  readonly env: { name: string; value: string }[];
}

function containerOf(template: object): Container {
  return Reflect.get(Reflect.get(Reflect.get(template, 'spec'), 'containers'), 0);
}

it('fills a Redis that was made anew from the database, once', async () => {
  await deploy();
  const filled = () => cloud.executed.filter(script => script === 'scripts/rebuild-cache.ts').length;
  expect(filled()).toBe(1);
  await deploy();
  expect(filled()).toBe(1);
  expect(await deploy(await testSite('REDIS_TIER: standard\n'))).toEqual([]);
  expect(filled()).toBe(2);
});

const led = z.object({ backends: z.array(z.object({ group: z.string() })) });

describe('a front door', () => {
  const door =
    'DOMAIN: notes.example.com\nDOOR_MEMBERS: [group:tellers@example.com]\nALERT_EMAILS: [me@example.com, you@example.com]\n';
  let given: Site;
  beforeEach(async () => {
    given = await testSite(door);
    expect(await deploy(given)).toEqual([]);
  });

  it('is one origin, which lets in those who are named, and calls the functions for them', async () => {
    expect(await checked(given)).toEqual([]);
    expect(cloud.find('compute url-maps', 'banknote-loop')).toMatchObject({
      defaultService: expect.stringMatching(/banknote-loop-predict-api$/),
      pathMatchers: [{ pathRules: [{ paths: ['/notes'], service: expect.stringMatching(/-ingest-api$/) }] }],
    });
    const proxy = 'serviceAccount:service-123456789@gcp-sa-iap.iam.gserviceaccount.com';
    expect(cloud.policy('run services', 'ingest-api').bindings).toEqual([
      { role: 'roles/run.invoker', members: [proxy] },
    ]);
  });

  it.each<readonly [string, RegExp, () => void]>([
    [
      'somebody else may pass',
      /allUsers has roles\/iap/,
      () =>
        cloud.bind(
          'compute backend-services',
          'banknote-loop-predict-api',
          'roles/iap.httpsResourceAccessor',
          'allUsers',
        ),
    ],
    [
      'nobody is asked who he is',
      /iap.enabled is false/,
      () => cloud.change('compute backend-services', 'banknote-loop-ingest-api', { iap: { enabled: false } }),
    ],
    [
      'its rules are taken off',
      /securityPolicy is not set/,
      () =>
        cloud.change('compute backend-services', 'banknote-loop-ingest-api', { securityPolicy: undefined }),
    ],
    [
      'its limit is raised',
      /rateLimitThreshold.count is 9/,
      () =>
        cloud.change('compute security-policies rules', '1000', {
          rateLimitOptions: { rateLimitThreshold: { count: 9, intervalSec: 60 } },
        }),
    ],
    [
      'its limit is tried out only',
      /preview is true/,
      () => cloud.change('compute security-policies rules', '1000', { preview: true }),
    ],
    [
      'its limit is gone',
      /600 requests a minute from an address: it is not there/,
      () => cloud.remove('compute security-policies rules', '1000'),
    ],
    [
      'it keeps everybody out',
      /rules of the front door: there is none priority 2147483647, action allow/,
      () =>
        cloud.change('compute security-policies', 'banknote-loop', {
          rules: [{ priority: 2147483647, action: 'deny(403)' }],
        }),
    ],
    [
      'it remembers answers',
      /enableCDN is true/,
      () => cloud.change('compute backend-services', 'banknote-loop-predict-api', { enableCDN: true }),
    ],
    [
      'it leads into another region as well',
      /front door of ingest-api: backends has 2 entries/,
      () => {
        const name = 'banknote-loop-ingest-api';
        const [here] = led.parse(cloud.find('compute backend-services', name)).backends;
        const there = here?.group.replace('europe-west1', 'us-east1');
        cloud.make('compute network-endpoint-groups', `us-east1/${name}`, {});
        cloud.change('compute backend-services', name, { backends: [here, { group: there }] });
      },
    ],
    [
      'it is at another address',
      /IPAddress is 35.0.0.1/,
      () => cloud.change('compute forwarding-rules', 'banknote-loop', { IPAddress: '35.0.0.1' }),
    ],
    [
      'a channel is switched off',
      /e-mail to me@example.com: enabled is false/,
      () => cloud.change('beta monitoring channels', 'projects/p/notificationChannels/1', { enabled: false }),
    ],
    [
      'notes go elsewhere',
      /pathMatchers has 0 entries/,
      () => cloud.change('compute url-maps', 'banknote-loop', { pathMatchers: [] }),
    ],
    [
      'it opens onto something else',
      /target is theirs/,
      () => cloud.change('compute forwarding-rules', 'banknote-loop', { target: 'theirs' }),
    ],
    [
      'nobody hears of an alert',
      /notificationChannels\/1 is missing/,
      () =>
        cloud.change('alpha monitoring policies', 'projects/123456789/alertPolicies/1', {
          notificationChannels: [],
        }),
    ],
  ])('is mended when %s', async (_title, said, deviate) => {
    deviate();
    expect((await checked(given)).join('\n')).toMatch(said);
    expect(await deploy(given)).toEqual([]);
    expect(await checked(given)).toEqual([]);
  });

  it('says what Google could not make of its certificate, which nobody here can mend', async () => {
    cloud.change('compute ssl-certificates', 'banknote-loop-notes-example-com', {
      managed: { domains: ['notes.example.com'], status: 'PROVISIONING_FAILED_PERMANENTLY' },
    });
    const said = /managed.status is PROVISIONING_FAILED_PERMANENTLY, and should be ACTIVE/;
    expect((await checked(given)).join('\n')).toMatch(said);
    const [failure] = await deploy(given);
    expect(failure?.message).toMatch(said);
    expect(failure?.message).toMatch(/by hand/);
  });

  it('leaves those in who were added to an alert by hand, whatever else of it is mended', async () => {
    const name = 'projects/123456789/alertPolicies/1';
    const { notificationChannels } = cloud.find('alpha monitoring policies', name);
    const all = ['projects/p/notificationChannels/theirs', ...listOf(notificationChannels)];
    cloud.change('alpha monitoring policies', name, { notificationChannels: all, enabled: false });
    expect(await deploy(given)).toEqual([]);
    expect(await checked(given)).toEqual([]);
    expect(cloud.find('alpha monitoring policies', name).notificationChannels).toEqual(all);
  });

  it('knows its alerts where somebody has copied one', async () => {
    const name = 'projects/123456789/alertPolicies/1';
    cloud.make('alpha monitoring policies', 'projects/123456789/alertPolicies/99', {
      ...cloud.find('alpha monitoring policies', name),
      name: 'projects/123456789/alertPolicies/99',
    });
    expect(await checked(given)).toEqual([]);
  });

  it('goes again without a trace', async () => {
    await down(projectOf(given), planOf(given), { deleteData: true, onRemoved: () => {}, onKept: () => {} });
    const left = Object.keys(cloud.state.resources).filter(key =>
      /^(compute (?!networks)|beta monitoring)/.test(key),
    );
    expect(left).toEqual([]);
  });
});

it('takes out what has had its time every night, as long as the settings say so', async () => {
  const given = await testSite('KEEP_UNRATED_DAYS: 30\nKEEP_ARCHIVE: on\n');
  expect(await deploy(given)).toEqual([]);
  expect(await checked(given)).toEqual([]);
  const { httpTarget } = cloud.find('scheduler jobs', 'banknote-loop-keep');
  const { body, uri } = z.object({ body: z.base64(), uri: z.url() }).parse(httpTarget);
  expect(JSON.parse(Buffer.from(body, 'base64').toString())).toEqual({
    overrides: { containerOverrides: [{ args: ['scripts/keep.ts'] }] },
  });
  expect(uri).toMatch(/\/jobs\/loop-tools:run$/);
  const [job] = cloud.list('run jobs');
  expect(JSON.stringify(job)).toMatch(/"KEEP_UNRATED_DAYS","value":"30"/);
  expect(JSON.stringify(job)).toMatch(/"KEEP_ARCHIVE","value":"on"/);
  // Nobody may delete a model where models are kept for ever.
  const { bindings } = cloud.policy('storage buckets', 'gs://test-project-models');
  expect(bindings.map(({ role }) => role)).not.toContain('roles/storage.objectUser');

  expect(await checked(site)).toContainEqual(expect.stringMatching(/^nothing is taken out by itself/));
  expect(await deploy(site)).toEqual([]);
  expect(cloud.list('scheduler jobs')).toEqual([]);
  expect(await checked(site)).toEqual([]);
});

it('has staging beside production in one project, and takes it away without touching production', async () => {
  const staging = await testSite('ENVIRONMENT: staging\n');
  expect(await deploy()).toEqual([]);
  const before = cloud.list('functions').length;
  expect(await deploy(staging)).toEqual([]);
  expect(cloud.list('functions')).toHaveLength(2 * before);
  expect(await checked()).toEqual([]);
  expect(await checked(staging)).toEqual([]);
  await takeDown(true, [], staging);
  expect(cloud.list('functions')).toHaveLength(before);
  expect(await checked()).toEqual([]);
});

describe('a second region', () => {
  const standby = 'STANDBY_REGION: europe-west4\nBUCKET_LOCATION: EU\n';

  it('has a copy of the database that follows, and a bucket that outlives the first', async () => {
    const given = await testSite(standby);
    expect(await deploy(given)).toEqual([]);
    expect(await checked(given)).toEqual([]);
    expect(cloud.find('sql instances', 'banknote-loop-standby')).toMatchObject({
      region: 'europe-west4',
      masterInstanceName: 'test-project:banknote-loop',
    });
    expect(cloud.find('storage buckets', 'gs://test-project-models').location).toBe('EU');
  });

  it.each([
    ['without a bucket that outlives the first', 'STANDBY_REGION: europe-west4\n'],
    ['in the same place', 'STANDBY_REGION: europe-west1\nBUCKET_LOCATION: EU\n'],
    ['for a database of somebody’s own', `DBHOST: 10.0.0.1\n${standby}`],
  ])('is refused %s', async (_title, more) => {
    await expect(testSite(more)).rejects.toThrow(/STANDBY_REGION/);
  });
});

it('uses the instance that has taken the place of the one that was restored from', async () => {
  await deploy();
  const clone = structuredClone(cloud.find('sql instances', 'banknote-loop'));
  cloud.make('sql instances', 'banknote-loop-restored', { ...clone, createTime: cloud.timestamp() });
  const given = await testSite('DB_INSTANCE: banknote-loop-restored\n');
  expect(await checked(given)).toContainEqual(expect.stringContaining('tables, user and first rows'));
  expect(await deploy(given)).toEqual([]);
  expect(await checked(given)).toEqual([]);
});
