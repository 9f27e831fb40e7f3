import { check } from './check.ts';
import { type Command, gcloud } from './command.ts';
import { costLines } from './cost/report.ts';
import { down } from './down.ts';
import type { Gcloud } from './gcloud.ts';
import { lookupsOf } from './lookups.ts';
import type { Options } from './options.ts';
import { outputCommand, outputLookups, runToolJob, scriptOf } from './plan/tools.ts';
import { deployerPlanOf, planOf, type Stage } from './plan.ts';
import { type Patience, Project, usualPatience } from './project.ts';
import { rollbackCommand, rollbackLookups } from './rollback.ts';
import { meant, type Site } from './site.ts';
import { addressLookups, type SmokeOptions, type SmokeResult, smoke, usualSmoke } from './smoke.ts';
import { up } from './up.ts';
import { logCommands, statusCommands } from './watch.ts';

export interface Surroundings {
  readonly gcloud: Gcloud;
  readonly say: (line: string) => void;
  /** Asks a person, who answers by typing. */
  readonly ask: (question: string) => Promise<string>;
  readonly patience?: Patience;
  readonly smoke?: SmokeOptions;
}

/** Does what the command line asks for; throws a sentence where it could not. */
export async function act(site: Site, options: Options, around: Surroundings): Promise<void> {
  const { say } = around;
  if (options.action === 'cost') return say(costLines(site, options.load).join('\n'));
  const project = openProject(site, options, around);
  await preflight(project, site);
  switch (options.action) {
    case 'up':
      return deploy(project, site, around);
    case 'down':
      return takeDown(project, site, options, around);
    case 'check': {
      const differences = await check(project, planOf(site));
      if (differences.length > 0) throw new Error(`Not as it should be:\n- ${differences.join('\n- ')}`);
      return say('Everything is as it should be.');
    }
    case 'rollback':
      return rollBack(project, site, options, say);
    case 'logs':
      return show(project, logCommands(site, options.function && meant(site, options.function)), say);
    case 'status':
      return show(project, statusCommands(site), say);
    case 'run':
      return runInNetwork(project, site, options.tool, around);
    case 'deployer':
      return carryOut(project, deployerPlanOf(site), say);
    case 'smoke':
      return tryOut(project, site, around);
  }
}

function openProject(site: Site, { action, function: name }: Options, around: Surroundings): Project {
  const rollback = action === 'rollback' ? rollbackLookups(site, meant(site, name ?? '')) : {};
  return new Project({
    projectId: site.settings.PROJECT_ID,
    gcloud: around.gcloud,
    lookups: { ...lookupsOf(site), ...addressLookups(site), ...outputLookups(site), ...rollback },
    patience: around.patience ?? usualPatience,
    say: around.say,
  });
}

async function preflight(project: Project, site: Site): Promise<void> {
  const accounts = await project.find(gcloud('auth', 'list', '--filter=status:ACTIVE', '--format=json'));
  if (!Array.isArray(accounts) || accounts.length === 0) {
    throw new Error('gcloud is not logged in: run gcloud auth login.');
  }
  if (!(await project.value('PROJECT_NUMBER'))) {
    throw new Error(`There is no project ${site.settings.PROJECT_ID}, or you may not see it.`);
  }
}

const marks = { is: ' ', made: '+', changed: '~' } as const;

async function deploy(project: Project, site: Site, around: Surroundings): Promise<void> {
  const { say } = around;
  await carryOut(project, planOf(site), say);
  await tryOut(project, site, around);
  say(`
The loop turns.
  notes go in    ${await project.value('INGEST_URL')}/notes
  answers        ${await project.value('PREDICT_URL')}/batches
  token          gcloud auth print-identity-token`);
}

async function carryOut(
  project: Project,
  plan: readonly Stage[],
  say: (line: string) => void,
): Promise<void> {
  const failures = await up(project, plan, {
    stage: title => say(`\n${title}`),
    step: (mark, title) => say(`  ${marks[mark]} ${title}`),
  });
  throwAll(failures, 'Run it again when this has been put right: what is there is not made again.');
}

const smokeResults: Readonly<Record<SmokeResult, string>> = {
  judged: 'A note has gone through the loop.',
  'no Google token': 'gcloud has no identity token for this account, so no note was sent through the loop.',
  'no own token':
    'The doors ask for a token of your issuer: they are shut, as they should be, and no note was sent through the loop.\n' +
    'To send one, put a token into the variable LOOP_TOKEN, and run npm run deploy -- smoke.',
};

async function tryOut(project: Project, site: Site, around: Surroundings): Promise<void> {
  around.say(smokeResults[await smoke(project, site, around.smoke ?? usualSmoke)]);
}

async function takeDown(
  project: Project,
  site: Site,
  { deleteData, yes }: Options,
  { say, ask }: Surroundings,
): Promise<void> {
  const { PROJECT_ID } = site.settings;
  const what = deleteData
    ? 'the loop AND ALL ITS DATA'
    : 'the loop, but not database, models, password and dead letters,';
  say(
    'Messages that no function has processed yet go with the subscriptions' +
      (deleteData ? '.' : ': the topics keep them for seven days, as docs/operations.md says.'),
  );
  if (
    !yes &&
    (await ask(`This removes ${what} from ${PROJECT_ID}. Type the project's id to go on: `)) !== PROJECT_ID
  ) {
    return say('Nothing has been removed.');
  }
  const failures = await down(project, planOf(site), {
    deleteData,
    onRemoved: title => say(`  - ${title}`),
    onKept: (title, reason) => say(`    ${title} stays: ${reason}`),
  });
  throwAll(failures, 'The rest has been removed; run it again for these.');
}

async function rollBack(
  project: Project,
  site: Site,
  { function: given = '' }: Options,
  say: (line: string) => void,
): Promise<void> {
  const name = meant(site, given);
  if (!site.functions.some(definition => definition.name === name)) {
    throw new Error(
      `There is no function ${name}: it is one of ${site.functions.map(one => one.name).join(', ')}.`,
    );
  }
  const serving = await project.value('SERVING');
  const previous = serving && (await project.value('PREVIOUS'));
  if (!previous) throw new Error(`${name} has no revision before ${serving ?? 'the first'}.`);
  await project.run(rollbackCommand(site, name));
  say(`${name}: ${previous} answers instead of ${serving}, until the next deployment of ${name}.`);
}

/** Runs a tool, and says what it has written, which Cloud Logging knows a little later. */
async function runInNetwork(
  project: Project,
  site: Site,
  tool: readonly string[],
  { say, patience = usualPatience }: Surroundings,
): Promise<void> {
  const command = runToolJob(site, scriptOf(tool));
  const failure = await project.run(command).then(
    () => undefined,
    (error: unknown) => error,
  );
  const deadline = patience.now() + 60_000;
  let written = '';
  while (written === '' && patience.now() < deadline) {
    await patience.wait(3_000);
    written = (await project.output(outputCommand)) ?? '';
  }
  say(written || 'It has written nothing yet: see npm run deploy -- logs.');
  if (failure) throw failure;
}

async function show(
  project: Project,
  commands: readonly Command[],
  say: (line: string) => void,
): Promise<void> {
  for (const command of commands) say((await project.run(command)).stdout.trimEnd());
}

function throwAll(failures: readonly Error[], then: string): void {
  if (failures.length > 0) throw new Error([...failures.map(({ message }) => message), then].join('\n\n'));
}
