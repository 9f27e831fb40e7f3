import { act } from './actions.ts';
import { check } from './check.ts';
import { readOptions } from './options.ts';
import { takenOver } from './plan/take-over.ts';
import { planOf } from './plan.ts';
import type { Site } from './site.ts';
import { simulatedGcloud } from './testing/simulated-gcloud.ts';
import type { SimulatedProject } from './testing/simulated-project.ts';
import { simulation, testProject, testSite } from './testing/site.ts';
import { up } from './up.ts';

const silent = { stage: () => {}, step: () => {} };
const settings = 'STANDBY_REGION: europe-west4\nBUCKET_LOCATION: EU\nDOMAIN: notes.example.com\n';

let site: Site;
let cloud: SimulatedProject;
let clock: ReturnType<typeof simulation>['clock'];
let printed: string[];

beforeAll(async () => {
  site = await testSite(settings);
});
beforeEach(async () => {
  printed = [];
  ({ cloud, clock } = simulation());
  expect(await up(projectOf(site), planOf(site), silent)).toEqual([]);
});

const projectOf = (given: Site) => testProject(given, gcloud, clock);
const checked = (given: Site) => check(projectOf(given), planOf(given));
/** Of an account that has no identity token: where nothing answers, no note is sent. */
const gcloud: ReturnType<typeof simulatedGcloud> = async (args, input) =>
  args.includes('print-identity-token')
    ? { code: 1, stdout: '', stderr: 'No identity token' }
    : simulatedGcloud(cloud)(args, input);

function takeOver(given = site, answer = 'test-project'): Promise<void> {
  const context = { gcloud, print: (line: string) => printed.push(line), ask: async () => answer, clock };
  return act(given, readOptions(['take-over']), context);
}

/** All that is in a region goes with it; what is Google's everywhere stays. */
function loseRegion(): void {
  const ofRegion =
    /^(functions|run|redis|eventarc|artifacts|compute networks (vpc-access|subnets)) |^pubsub subscriptions projects/;
  for (const key of Object.keys(cloud.state.resources))
    if (ofRegion.test(key)) delete cloud.state.resources[key];
}

it('makes the loop in the other region around the copy of the database, and leads the front door there', async () => {
  const functions = cloud.list('functions').length;
  loseRegion();
  await takeOver();
  const there = takenOver(site);
  expect(await checked(there)).toEqual([]);
  expect(cloud.list('functions')).toHaveLength(functions);
  expect(JSON.stringify(cloud.list('functions'))).not.toContain('europe-west1');
  expect(cloud.find('sql instances', 'banknote-loop-standby')).toMatchObject({
    instanceType: 'CLOUD_SQL_INSTANCE',
    settings: { deletionProtectionEnabled: true, backupConfiguration: { enabled: true } },
  });
  for (const name of ['ingest-api', 'predict-api']) {
    expect(cloud.find('compute backend-services', `banknote-loop-${name}`).backends).toEqual([
      { group: expect.stringContaining(`/regions/europe-west4/networkEndpointGroups/banknote-loop-${name}`) },
    ]);
  }
});

it('says what the settings must say from then on, with ranges that leave room for the first region', async () => {
  loseRegion();
  await takeOver();
  const lines = printed.join('\n');
  expect(lines).toMatch(
    /REGION: europe-west4\n +DB_INSTANCE: banknote-loop-standby\n +VPC_CONNECTOR_RANGE: 10\.8\.0\.16\/28/,
  );
  const after = await testSite(
    'BUCKET_LOCATION: EU\nDOMAIN: notes.example.com\nDB_INSTANCE: banknote-loop-standby\nVPC_CONNECTOR_RANGE: 10.8.0.16/28\n',
    'europe-west4',
  );
  expect(await checked(after)).toEqual([]);
});

it('goes on where it was cut off, and the former settings cannot lead back', async () => {
  loseRegion();
  const [{ backends: before } = {}] = cloud.list('compute backend-services');
  await expect(
    act(site, readOptions(['take-over', '--yes']), {
      gcloud: async (args, input) =>
        args[0] === 'functions' && args[1] === 'deploy'
          ? { code: 1, stdout: '', stderr: 'ERROR: no room' }
          : gcloud(args, input),
      print: () => {},
      ask: async () => '',
      clock,
    }),
  ).rejects.toThrow('no room');
  // Nobody is led to where nothing answers yet.
  expect(cloud.list('compute backend-services')[0]?.backends).toEqual(before);
  const [failure] = await up(projectOf(site), planOf(site), silent);
  expect(failure?.message).toMatch(/masterInstanceName is not set.*by hand/);
  await takeOver();
  expect(await checked(takenOver(site))).toEqual([]);
});

it('changes nothing unless somebody means it', async () => {
  const before = structuredClone(cloud.state);
  await takeOver(site, 'no');
  expect(cloud.state).toEqual(before);
  expect(printed).toEqual(['Nothing has been changed.']);
});

it.each([
  ['there is no other region', '', /STANDBY_REGION is not set/],
  [
    'the way into the network is somebody’s own',
    `${settings}VPC_CONNECTOR: theirs\n`,
    /VPC_CONNECTOR theirs is in/,
  ],
])('is refused where %s', async (_title, more, reason) => {
  await expect(takeOver(await testSite(more))).rejects.toThrow(reason);
});
