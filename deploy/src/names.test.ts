import { dryRun } from './dry-runs.ts';
import { accountName, namesOf } from './names.ts';
import { readOptions } from './options.ts';
import { planOf } from './plan.ts';
import { testSite } from './testing/site.ts';

const everything =
  'DOMAIN: notes.example.com\nDOOR_MEMBERS: [group:tellers@example.com]\nALERT_EMAILS: [me@example.com]\nLOG_LEVEL: warn\n';
const ways = ['', 'DEPLOY_AS: images\n'];

const creatingLines = async (settings: string) =>
  dryRun(await testSite(settings), readOptions(['--dry-run'])).filter(line => !line.startsWith('#'));

/** Parts of a project that all of its loops share, and that none of them takes away from another. */
const shared =
  /compute networks create default|services enable|services identity create|vpc-peerings connect|--role=roles\/\w+\.serviceAgent|^PROJECT_NUMBER=|^TOKEN=|policies update "\$\{ALERT_|^curl /;

describe.each(ways)('another loop in the same project, with %j', way => {
  it.each([
    ['of another data set', 'DATA_SET: iris\n', ''],
    ['of another environment', 'ENVIRONMENT: staging\n', ''],
    ['of another environment of that', 'DATA_SET: iris\nENVIRONMENT: staging\n', 'DATA_SET: iris\n'],
  ])('makes nothing that the first one makes: %s', async (_title, other, first) => {
    const there = new Set(await creatingLines(first + everything + way));
    const lines = await creatingLines(other + everything + way);
    expect(lines.length).toBeGreaterThan(50);
    expect(lines.filter(line => there.has(line) && !shared.test(line))).toEqual([]);
  });

  it('of another environment runs the same artefacts, under names and with a topic prefix of its own', async () => {
    const lines = (await creatingLines(`ENVIRONMENT: staging\n${way}`)).join('\n');
    expect(lines).toContain('dist/functions/prediction');
    expect(lines).toMatch(/ deploy banknotes-staging-prediction .*TOPIC_PREFIX=banknotes-staging-/);
    expect(lines).toMatch(/set-up-sql banknotes_staging_loop banknotes /);
    expect(lines).toContain('--database=banknotes_staging');
  });

  it('has a plan with titles of its own for all that has a name', async () => {
    const site = await testSite(`DATA_SET: iris\n${way}`);
    const titles = planOf(site).flatMap(({ chains }) => chains.flat().map(({ title }) => title));
    expect(titles).toEqual(
      expect.arrayContaining([
        'topic iris-request',
        'subscription iris-dead-letter',
        'secret iris-db-pass',
        'secret iris-model-keys',
        'bucket test-project-models-iris',
        'database iris',
        'Cloud SQL loop-iris',
        'service account loop-iris-feedback-to-training',
        'the latest iris-prediction answers',
      ]),
    );
  });

  it('tells its functions which names are theirs, and builds them for their table', async () => {
    const lines = await creatingLines(`DATA_SET: iris\n${way}`);
    const prediction = lines.find(line => /(functions|run) deploy iris-prediction /.test(line)) ?? '';
    for (const part of ['DATA_SET=iris', 'TOPIC_PREFIX=iris-', 'BUCKET=test-project-models-iris'])
      expect(prediction).toContain(part);
    expect(lines.join('\n')).toContain('dist/data-sets/iris/functions/prediction');
    expect(lines.join('\n')).toContain('DB_SECRET=iris-db-pass');
    expect(prediction).toContain('MODEL_KEYS_SECRET=iris-model-keys');
    expect(lines.join('\n')).not.toMatch(/dist\/functions|"variance"/);
  });
});

it('leaves the names of the banknotes as they are', async () => {
  const titles = planOf(await testSite()).flatMap(({ chains }) => chains.flat().map(({ title }) => title));
  expect(titles).toEqual(
    expect.arrayContaining([
      'topic request',
      'secret db-pass',
      'secret model-keys',
      'bucket test-project-models',
      'database banknotes',
      'Cloud SQL banknote-loop',
      'service account loop-prediction',
    ]),
  );
});

it.each([
  'iris',
  'a',
  'x-',
  'google-reviews',
  'a-name-of-forty-characters-is-the-longes',
  'a-name-of-forty-characters-is-the-longer',
])('keeps every name within what Google takes: %s', name => {
  const names = namesOf(name);
  const ofFunction = `${names.prefix}feedback-to-training`;
  const limits: readonly (readonly [string, number])[] = [
    [ofFunction, 49],
    [names.service, 25],
    [`${names.service}-prediction-to-cache`, 63],
    [names.toolsJob, 30],
    [names.builder, 30],
    [names.deployer, 30],
    [accountName(ofFunction), 30],
    [names.database, 63],
    [names.databaseUser, 63],
  ];
  for (const [text, most] of limits) {
    expect(text.length).toBeLessThanOrEqual(most);
    expect(text).toMatch(/^[a-z]([a-z0-9_-]*[a-z0-9])?$/);
    expect(text).not.toMatch(/^goog/);
  }
});

it('tells names apart that begin alike', () => {
  const [one, other] = ['is-the-longes', 'is-the-longer'].map(end =>
    namesOf(`a-name-of-forty-characters-${end}`),
  );
  expect(one?.service).not.toBe(other?.service);
  expect(one?.prefix).not.toBe(other?.prefix);
  expect(accountName(`${one?.prefix}training`)).not.toBe(accountName(`${one?.prefix}training-to-db`));
});
