import { check } from './check.ts';
import { type DownOptions, down } from './down.ts';
import type { Gcloud } from './gcloud.ts';
import { planOf } from './plan.ts';
import type { Site } from './site.ts';
import { isReading, simulatedGcloud } from './testing/simulated-gcloud.ts';
import type { SimulatedProject } from './testing/simulated-project.ts';
import { contents, type countingClock, simulation, testProject, testSite } from './testing/site.ts';
import { up } from './up.ts';

const silent = { stage: () => {}, step: () => {} };
const everything: DownOptions = { deleteData: true, onRemoved: () => {}, onKept: () => {} };

let site: Site;
let plan: ReturnType<typeof planOf>;
let cloud: SimulatedProject;
let clock: ReturnType<typeof countingClock>;
/** Every command that changed something. */
let changes: string[];

beforeAll(async () => {
  site = await testSite();
  plan = planOf(site);
});
beforeEach(() => {
  ({ cloud, clock } = simulation());
  changes = [];
});

const gcloud: Gcloud = (args, input) => {
  if (!isReading(args)) changes.push(args.join(' '));
  return simulatedGcloud(cloud)(args, input);
};

const deploy = (given = site, through = gcloud) =>
  up(testProject(given, through, clock), given === site ? plan : planOf(given), silent);
const checked = (given = site) => check(testProject(given, gcloud), given === site ? plan : planOf(given));
const takeDown = (options = everything) => down(testProject(site, gcloud), plan, options);

it('makes of an empty project one with which the check is content', async () => {
  expect(await deploy()).toEqual([]);
  expect(await checked()).toEqual([]);
});

it('changes nothing when it is run again', async () => {
  await deploy();
  const before = structuredClone(contents(cloud));
  changes = [];
  expect(await deploy()).toEqual([]);
  expect(changes).toEqual([]);
  expect(contents(cloud)).toEqual(before);
});

it('deploys again only the function whose artefact has changed', async () => {
  await deploy();
  changes = [];
  const artefacts = new Map(site.artefacts).set('prediction', 'second');
  await deploy({ ...site, artefacts });
  expect(changes).toEqual([expect.stringContaining('functions deploy prediction ')]);
});

it('goes on after a failure at any step, whether or not the failed command had its effect', async () => {
  await deploy();
  const complete = withoutPasswords(contents(cloud));
  const count = changes.length;
  expect(count).toBeGreaterThan(80);
  for (let failing = 0; failing < count; failing += 1) {
    ({ cloud, clock } = simulation());
    changes = [];
    expect(await deploy(site, failingAt(failing))).not.toEqual([]);
    expect(await deploy(site, losingFirstAnswer())).not.toEqual([]);
    expect(await deploy()).toEqual([]);
    expect(withoutPasswords(contents(cloud))).toEqual(complete);
  }
});

const lost = { code: 1, stdout: '', stderr: 'ERROR: the connection was lost' };

/** The nth command that changes something fails, and has no effect. */
function failingAt(nth: number): Gcloud {
  return async (args, input) => {
    if (isReading(args) || changes.length !== nth) return gcloud(args, input);
    changes.push(args.join(' '));
    return lost;
  };
}

/** The first command that changes something takes effect, and fails all the same: only the way back broke off. */
function losingFirstAnswer(): Gcloud {
  const before = changes.length;
  return async (args, input) => {
    const isFirst = !isReading(args) && changes.length === before;
    const outcome = await gcloud(args, input);
    return isFirst ? lost : outcome;
  };
}

/**
 * A salt and the time are new each time, and a bucket whose making was cut off is not labelled; all the rest must be
 * equal to the letter.
 */
function withoutPasswords(all: unknown): unknown {
  return JSON.parse(
    JSON.stringify(all, (key, value) => {
      if (key.startsWith('storage buckets ')) return { ...value, labels: undefined };
      return value;
    })
      .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"a time"')
      .replace(/"(at|of)-\d+"/g, '"a time"')
      // What was cut off before it was written down is made again.
      .replace(/"versions":\d+/g, '"versions":1')
      .replace(/"password of [^"]*"/g, '"password"')
      .replace(/SCRAM-SHA-256[^']*/g, 'verifier')
      .replace(/"value":"[\w-]{43}"/g, '"value":"password"')
      .replace(/"value":"[\d-]{10}:[\da-f]{64}"/g, '"value":"key"'),
  );
}

it('mends what somebody has changed, and only that', async () => {
  await deploy();
  const right = structuredClone(contents(cloud));
  cloud.change('pubsub topics', 'request', { messageRetentionDuration: '60s' });
  const [subscription = ''] = Object.keys(cloud.state.resources).filter(key =>
    key.includes('eventarc-training-'),
  );
  Object.assign(cloud.state.resources[subscription] ?? {}, { deadLetterPolicy: undefined });
  cloud.bind('run services', 'predict-api', 'roles/run.invoker', 'allUsers');
  cloud.bind('secrets', 'db-pass', 'roles/secretmanager.secretAccessor', 'user:curious@example.com');
  expect(await checked()).toEqual([
    'topic request: messageRetentionDuration is 60s, and should be 604800s',
    'roles/secretmanager.secretAccessor on db-pass: user:curious@example.com has roles/secretmanager.secretAccessor, and should not',
    expect.stringContaining('who calls predict-api: allUsers has roles/run.invoker, and should not'),
    expect.stringMatching(/^delivery to training\S*: deadLetterPolicy.deadLetterTopic is not set/),
    expect.stringMatching(/^delivery to training\S*: deadLetterPolicy.maxDeliveryAttempts is not set/),
  ]);
  changes = [];
  expect(await deploy()).toEqual([]);
  expect(changes).toHaveLength(4);
  expect(contents(cloud)).toEqual(right);
});

it('finishes what is half there, and leaves there what others have made', async () => {
  cloud.make('pubsub topics', 'request', { messageRetentionDuration: '86400s', labels: { owner: 'tills' } });
  cloud.make('secrets', 'db-pass', { value: 'known', labels: {} });
  const before = structuredClone(contents(cloud));
  expect(await deploy()).toEqual([]);
  const kept: string[] = [];
  expect(await takeDown({ ...everything, onKept: title => kept.push(title) })).toEqual([]);
  expect(kept.toSorted()).toEqual(['network default', 'secret db-pass', 'topic request']);
  cloud.change('pubsub topics', 'request', { messageRetentionDuration: '86400s' });
  expect(contents(cloud)).toEqual(before);
});

it('takes down exactly what it made', async () => {
  const before = structuredClone(contents(cloud));
  await deploy();
  expect(await takeDown()).toEqual([]);
  expect(contents(cloud)).toEqual(before);
  changes = [];
  await takeDown();
  expect(changes).toEqual([]);
});

it('keeps the data when it takes down, and finds it again', async () => {
  await deploy();
  const dataOf = () => [
    cloud.find('secrets', 'db-pass').value,
    cloud.find('sql instances', 'banknote-loop'),
    cloud.find('storage objects', 'gs://test-project-models/model.json'),
    cloud.find('pubsub subscriptions', 'dead-letter'),
  ];
  const data = structuredClone(dataOf());
  await takeDown({ ...everything, deleteData: false });
  expect(cloud.list('functions')).toEqual([]);
  expect(dataOf()).toEqual(data);
  expect(await deploy()).toEqual([]);
  expect(dataOf()).toEqual(data);
  expect(await checked()).toEqual([]);
});

it('waits for new accounts to be known, but not for ever', async () => {
  let refusals = 3;
  const slow: Gcloud = async (args, input) => {
    if (
      !args.some(arg => arg.includes('loop-builder')) ||
      !args.includes('add-iam-policy-binding') ||
      refusals === 0
    )
      return gcloud(args, input);
    refusals -= 1;
    return { code: 1, stdout: '', stderr: 'ERROR: Service account loop-builder@x does not exist.' };
  };
  expect(await deploy(site, slow)).toEqual([]);

  refusals = Number.POSITIVE_INFINITY;
  ({ cloud, clock } = simulation());
  const [failure] = await deploy(site, slow);
  expect(failure?.message).toContain('does not exist');
  expect(clock.waitedMs).toBeGreaterThanOrEqual(clock.maxWaitMs);
});

it('uses a Redis, a database and a connector that are there already, and makes none', async () => {
  const given = await testSite('REDISHOST: 10.1.1.1\nDBHOST: 10.1.1.2\nVPC_CONNECTOR: theirs\n');
  cloud.make('secrets', 'db-pass', { value: 'known', labels: {} });
  expect(await deploy(given)).toEqual([]);
  for (const noun of ['redis instances', 'sql instances', 'compute addresses', 'compute networks vpc']) {
    expect(cloud.list(noun)).toEqual([]);
  }
  expect(cloud.find('functions', 'prediction-to-db')).toMatchObject({
    serviceConfig: { environmentVariables: { DBHOST: '10.1.1.2' } },
  });
});

it('says what to do when an existing database has no password in the secret', async () => {
  const [failure] = await deploy(await testSite('DBHOST: 10.1.1.2\n'));
  expect(failure?.message).toMatch(/password in the secret db-pass.*by hand/);
});

it('makes a key that signs models once, which only standard input has', async () => {
  await deploy();
  const keys = String(cloud.find('secrets', 'model-keys').value);
  expect(keys).toMatch(/^[\d-]{10}:[\da-f]{64}$/);
  expect(changes.filter(line => line.includes(keys))).toEqual([]);
  expect(cloud.find('functions', 'prediction')).toMatchObject({
    serviceConfig: { environmentVariables: { MODEL_KEYS_SECRET: 'model-keys' } },
  });
  const { environmentVariables } = Object(cloud.find('functions', 'feedback-to-db').serviceConfig);
  expect(environmentVariables).not.toHaveProperty('MODEL_KEYS_SECRET');
  expect(await deploy()).toEqual([]);
  expect(cloud.find('secrets', 'model-keys').value).toBe(keys);
});

it('tells nobody the password: only standard input has it', async () => {
  await deploy();
  const password = String(cloud.find('secrets', 'db-pass').value);
  expect(password).toHaveLength(43);
  expect(changes.filter(line => line.includes(password))).toEqual([]);
  expect(JSON.stringify(cloud.find('sql databases', 'banknotes'))).not.toContain(password);
});
