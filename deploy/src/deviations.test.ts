import { check } from './check.ts';
import { render } from './command.ts';
import type { Gcloud } from './gcloud.ts';
import { deployerPlanOf, planOf } from './plan.ts';
import type { Site } from './site.ts';
import { type Deviation, email, setField } from './testing/deviations/deviation.ts';
import { functions } from './testing/deviations/functions.ts';
import { messages } from './testing/deviations/messages.ts';
import { rights } from './testing/deviations/rights.ts';
import { stores } from './testing/deviations/stores.ts';
import { watching } from './testing/deviations/watching.ts';
import { hasGcloud, oneOfEach, parseByGcloud } from './testing/lint.ts';
import { simulatedGcloud } from './testing/simulated-gcloud.ts';
import type { SimulatedProject } from './testing/simulated-project.ts';
import { projectId, simulation, testProject, testSite } from './testing/site.ts';
import { up } from './up.ts';

// What people, consoles and other programs do to a project, one thing at a time.

const silent = { stage: () => {}, step: () => {} };

let site: Site;
let plan: ReturnType<typeof planOf>;
let cloud: SimulatedProject;
let clock: ReturnType<typeof simulation>['clock'];
let right: SimulatedProject['state'];

const deviations: readonly Deviation[] = [...rights, ...messages, ...stores, ...functions, ...watching];

const gcloud = (...args: readonly string[]) => simulatedGcloud(cloud)([...args, `--project=${projectId}`]);
/** All commands that have been run. */
const given = new Set<readonly string[]>();
const remembering: Gcloud = (args, input) => {
  given.add(args);
  return simulatedGcloud(cloud)(args, input);
};
const projectFor = () => testProject(site, remembering, clock);
const checked = () => check(projectFor(), plan);

beforeAll(async () => {
  site = await testSite(
    'RATE_LIMIT_PER_MINUTE: 600\nOTEL_EXPORTER_OTLP_ENDPOINT: https://telemetry.googleapis.com\n' +
      'KEEP_UNRATED_DAYS: 30\nKEEP_REFUSED_MODELS_DAYS: 90\n',
  );
  plan = planOf(site);
  ({ cloud, clock } = simulation());
  // All is made and mended by the account that deploys for others, which has no more roles than that takes.
  expect(await up(projectFor(), deployerPlanOf(site), silent)).toEqual([]);
  cloud.actor = `serviceAccount:${email('deployer')}`;
  expect(await up(projectFor(), plan, silent)).toEqual([]);
  expect(await checked()).toEqual([]);
  right = structuredClone(cloud.state);
});
beforeEach(() => {
  Object.assign(cloud.state, structuredClone(right));
});

it.each(deviations)('finds and mends it when %s', async (_title, said, deviate) => {
  await deviate({ cloud, set: setField(cloud), gcloud });
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
  600_000,
);
