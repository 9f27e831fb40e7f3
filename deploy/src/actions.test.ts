import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { isRow } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { type ActionContext, act } from './actions.ts';
import { readOptions } from './options.ts';
import type { Site } from './site.ts';
import { simulatedGcloud } from './testing/simulated-gcloud.ts';
import type { SimulatedProject } from './testing/simulated-project.ts';
import { type countingClock, projectId, simulation, testSite } from './testing/site.ts';

let site: Site;
let cloud: SimulatedProject;
let clock: ReturnType<typeof countingClock>;
let server: Server;
/** What the HTTP functions of the simulated project were asked. */
let asked: string[];
let answers: number[];
/** What was posted to them. */
let bodies: unknown[];
let printed: string[];

beforeAll(async () => {
  site = await testSite();
});
beforeEach(async () => {
  asked = [];
  printed = [];
  answers = [];
  bodies = [];
  server = createServer(async (request, response) => {
    const { authorization, 'x-serverless-authorization': google } = request.headers;
    asked.push([request.method, request.url, authorization, google].filter(Boolean).join(' '));
    const posted = request.method === 'POST';
    if (posted) bodies.push(await json(request));
    response.setHeader('content-type', 'application/json');
    response.writeHead(answers.shift() ?? (posted ? 202 : 200)).end(posted ? '{"batch_id": "b1"}' : '{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  ({ cloud, clock } = simulation({
    address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
  }));
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

function run(
  words: readonly string[],
  context: Partial<ActionContext> = {},
  where: Site = site,
): Promise<void> {
  return act(where, readOptions(words), {
    gcloud: simulatedGcloud(cloud),
    print: line => printed.push(line),
    ask: async () => '',
    clock,
    smoke: { deadlineMs: 10_000, intervalMs: 1 },
    ...context,
  });
}

it('deploys, sends a note through the loop with a token, and says where the loop is', async () => {
  // Taken in; not known yet; the function is starting; judged.
  answers = [202, 404, 503, 200];
  await run([]);
  expect(asked).toEqual([
    'POST /ingest-api/notes Bearer an-identity-token',
    'GET /predict-api/batches/b1 Bearer an-identity-token',
    'GET /predict-api/batches/b1 Bearer an-identity-token',
    'GET /predict-api/batches/b1 Bearer an-identity-token',
  ]);
  expect(printed.at(-1)).toContain(`${cloud.address}/ingest-api/notes`);
  await run(['check']);
  expect(printed.at(-1)).toBe('Everything is as it should be.');
});

it.each(['digits', 'iris', 'penguins', 'wine'])(
  'sends an item of %s through the loop of that',
  async name => {
    await run([], {}, await testSite(`DATA_SET: ${name}\n`));
    expect(asked.map(one => one.split(' ', 2).join(' '))).toEqual([
      `POST /${name}-ingest-api/notes`,
      `GET /${name}-predict-api/batches/b1`,
    ]);
    const { dataSet } = findDataSet(name);
    expect(bodies).toEqual([{ subjects: ['smoke test'], features: [expect.anything()] }]);
    const [{ features: [row] = [] }] = bodies as [{ features?: unknown[] }];
    expect(isRow(dataSet, row)).toBe(true);
  },
);

it('leaves the note out for an account that has no identity token', async () => {
  const keyless: ActionContext['gcloud'] = async (args, input) =>
    args.includes('print-identity-token')
      ? { code: 1, stdout: '', stderr: 'No identity token' }
      : simulatedGcloud(cloud)(args, input);
  await run(['up'], { gcloud: keyless });
  expect(asked).toEqual([]);
  expect(printed).toContainEqual(expect.stringContaining('no note was sent'));
});

describe('where the doors ask for tokens of another issuer', () => {
  const issuer =
    'AUTH_JWKS_URL: https://a.example/keys\nAUTH_ISSUER: https://a.example/\nAUTH_AUDIENCE: loop\n';
  const smokeWith = async (ownToken?: string) =>
    act(await testSite(issuer), readOptions(['smoke']), {
      gcloud: simulatedGcloud(cloud),
      print: line => printed.push(line),
      ask: async () => '',
      smoke: { ownToken, deadlineMs: 10_000, intervalMs: 1 },
    });
  beforeEach(() => run(['up']));

  it('finds them shut without one, and does not call that wrong', async () => {
    answers = [401];
    await smokeWith();
    expect(printed.at(-1)).toContain('The doors ask for a token of your issuer');
  });

  it('sends a note with one, and Google’s beside it', async () => {
    asked = [];
    await smokeWith('own-token');
    expect(asked).toContain('POST /ingest-api/notes Bearer own-token Bearer an-identity-token');
    expect(printed.at(-1)).toBe('A note has gone through the loop.');
  });

  it('says so when the one is refused', async () => {
    answers = [401];
    await expect(smokeWith('old-token')).rejects.toThrow('ingest-api answered 401');
  });
});

it('says what to do when the caller may not call', async () => {
  answers = [403];
  await expect(run(['up'])).rejects.toThrow(/ingest-api answered 403: .* add yourself to INVOKERS/);
});

it('fails a check with a list', async () => {
  await run(['up']);
  cloud.bind('run services', 'training', 'roles/run.invoker', 'allUsers');
  cloud.change('functions', 'prediction', { buildConfig: { runtime: 'nodejs18' } });
  await expect(run(['check'])).rejects.toThrow(
    /function prediction: buildConfig.runtime is nodejs18, and should be nodejs22[\s\S]*who calls training: allUsers/,
  );
});

it('rolls a function back to the revision before, further each time, and the next deployment ends it', async () => {
  const deploy = async (artefact: string) => {
    site = { ...site, artefacts: new Map(site.artefacts).set('prediction', artefact) };
    await run(['up']);
  };
  const serving = () => cloud.find('run services', 'prediction').status;
  await run(['up']);
  await deploy('second');
  await deploy('third');
  await run(['rollback', 'prediction']);
  expect(serving()).toMatchObject({ traffic: [{ revisionName: 'prediction-00002', percent: 100 }] });
  await run(['rollback', 'prediction']);
  expect(serving()).toMatchObject({ traffic: [{ revisionName: 'prediction-00001', percent: 100 }] });
  await expect(run(['rollback', 'prediction'])).rejects.toThrow('no revision before prediction-00001');
  await deploy('fourth');
  expect(serving()).toMatchObject({ traffic: [{ revisionName: 'prediction-00004', latestRevision: true }] });
  await expect(run(['rollback', 'predictions'])).rejects.toThrow(
    'There is no function predictions: it is one of',
  );
});

it('removes nothing until somebody types the name of the project', async () => {
  await run(['up']);
  const before = structuredClone(cloud.state);
  await run(['down'], { ask: async () => 'yes' });
  expect(cloud.state).toEqual(before);
  await run(['down'], { ask: async () => projectId });
  expect(cloud.list('functions')).toEqual([]);
  expect(cloud.has('sql instances', 'banknote-loop')).toBe(true);
  await run(['down', '--yes', '--delete-data']);
  expect(cloud.has('sql instances', 'banknote-loop')).toBe(false);
});

describe('tools inside the network', () => {
  beforeEach(() => run(['up']));

  it('are run with what they are told, and their output is shown', async () => {
    await run(['run', 'models', 'rollback', '--why', 'too many, too wrong']);
    expect(printed.at(-1)).toBe('output of ^|^scripts/models.ts|rollback|--why|too many, too wrong');
  });

  it('show their output also when they fail', async () => {
    const failing: ActionContext['gcloud'] = async (args, input) => {
      const outcome = await simulatedGcloud(cloud)(args, input);
      return args.includes('execute') ? { ...outcome, code: 1, stderr: 'The execution failed.' } : outcome;
    };
    await expect(run(['run', 'doctor'], { gcloud: failing })).rejects.toThrow('The execution failed.');
    expect(printed.at(-1)).toBe('output of scripts/doctor.ts');
  });

  it('get all that comes after their name, and nothing that comes before', () => {
    expect(readOptions(['--settings', 'run', '--dry-run', 'run', 'models', '--why', 'run'])).toMatchObject({
      action: 'run',
      settings: 'run',
      dryRun: true,
      tool: ['models', '--why', 'run'],
    });
    expect(readOptions(['logs', 'run'])).toMatchObject({ action: 'logs', function: 'run', tool: [] });
  });

  it('are known by their names', async () => {
    await expect(run(['run', '../deploy'])).rejects.toThrow('There is no tool ../deploy');
    expect(() => readOptions(['run'])).toThrow('run takes the name of a tool');
  });
});

it('asks to log in, and names a project that is not there', async () => {
  const loggedOut: ActionContext['gcloud'] = async args => ({
    code: 0,
    stdout: args[0] === 'auth' ? '[]' : '',
    stderr: '',
  });
  await expect(run(['up'], { gcloud: loggedOut })).rejects.toThrow('gcloud auth login');
  delete cloud.state.resources[`projects ${projectId}`];
  await expect(run(['up'])).rejects.toThrow(`There is no project ${projectId}, or you may not see it.`);
});

it.each([
  [['rollback'], 'rollback takes the name of a function'],
  [['upp'], 'There is no "upp"'],
  [['down', 'prediction'], 'too many words'],
  [['--dryrun'], "Unknown option '--dryrun'"],
])('refuses %j', (words, reason) => {
  expect(() => readOptions(words)).toThrow(reason);
});
