import { check } from './check.ts';
import { type Command, gcloud } from './command.ts';
import { costLines } from './cost/report.ts';
import { down } from './down.ts';
import type { Gcloud } from './gcloud.ts';
import { lookupsOf } from './lookups.ts';
import type { Options } from './options.ts';
import { requireStandby, settingsAfter, takenOver } from './plan/take-over.ts';
import { outputCommand, outputLookups, runToolJob, scriptOf } from './plan/tools.ts';
import { deployerPlanOf, planOf, promotionStage, type Stage } from './plan.ts';
import { type Clock, Project, systemClock } from './project.ts';
import { rollbackCommand, rollbackLookups } from './rollback.ts';
import { meant, type Site } from './site.ts';
import { addressLookups, type SmokeOptions, type SmokeResult, smoke, usualSmoke } from './smoke.ts';
import { up } from './up.ts';
import { logCommands, statusCommands } from './watch.ts';

export interface ActionContext {
  readonly gcloud: Gcloud;
  readonly print: (line: string) => void;
  /** Asks a person, who answers by typing. */
  readonly ask: (question: string) => Promise<string>;
  readonly clock?: Clock;
  readonly smoke?: SmokeOptions;
}

/** Does what the command line asks for; throws a sentence where it could not. */
export async function act(site: Site, options: Options, context: ActionContext): Promise<void> {
  const { print } = context;
  if (options.action === 'cost') return print(costLines(site, options.load).join('\n'));
  const project = openProject(site, options, context);
  await preflight(project, site);
  switch (options.action) {
    case 'up':
      return deploy(project, site, context);
    case 'down':
      return takeDown(project, site, options, context);
    case 'check': {
      const differences = await check(project, planOf(site));
      if (differences.length > 0) throw new Error(`Not as it should be:\n- ${differences.join('\n- ')}`);
      return print('Everything is as it should be.');
    }
    case 'rollback':
      return rollBack(project, site, options, print);
    case 'logs':
      return show(project, logCommands(site, options.function && meant(site, options.function)), print);
    case 'status':
      return show(project, statusCommands(site), print);
    case 'run':
      return runInNetwork(project, site, options.tool, context);
    case 'take-over':
      return takeOver(project, site, options, context);
    case 'deployer':
      return carryOut(project, deployerPlanOf(site), print);
    case 'smoke':
      return tryOut(project, site, context);
  }
}

function openProject(site: Site, { action, function: name }: Options, context: ActionContext): Project {
  const rollback = action === 'rollback' ? rollbackLookups(site, meant(site, name ?? '')) : {};
  return new Project({
    projectId: site.settings.PROJECT_ID,
    gcloud: context.gcloud,
    lookups: { ...lookupsOf(site), ...addressLookups(site), ...outputLookups(site), ...rollback },
    clock: context.clock ?? systemClock,
    print: context.print,
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

async function deploy(project: Project, site: Site, context: ActionContext): Promise<void> {
  const { print } = context;
  await carryOut(project, planOf(site), print);
  await tryOut(project, site, context);
  print(`
The loop turns.
  notes go in    ${await project.value('INGEST_URL')}/notes
  answers        ${await project.value('PREDICT_URL')}/batches
  token          gcloud auth print-identity-token`);
}

async function carryOut(
  project: Project,
  plan: readonly Stage[],
  print: (line: string) => void,
): Promise<void> {
  const failures = await up(project, plan, {
    stage: title => print(`\n${title}`),
    step: (mark, title) => print(`  ${marks[mark]} ${title}`),
  });
  throwAll(failures, 'Run it again when this has been put right: what is there is not made again.');
}

/** Makes the loop in the other region, and says what the settings have to say from then on. */
async function takeOver(project: Project, site: Site, options: Options, context: ActionContext): Promise<void> {
  const { print, ask } = context;
  const region = requireStandby(site);
  const { PROJECT_ID, REGION } = site.settings;
  const question =
    `The database in ${region} becomes one of its own, for good: what it had not been told from ${REGION} yet is lost. ` +
    "Type the project's id to go on: ";
  if (!options.yes && (await ask(question)) !== PROJECT_ID) return print('Nothing has been changed.');
  await carryOut(project, [promotionStage(site)], print);
  const there = takenOver(site);
  print(`
From now on the settings must say this, and STANDBY_REGION no more (or another region):
  ${settingsAfter(there).join('\n  ')}`);
  await deploy(openProject(there, options, context), there, context);
}

const smokeResults: Readonly<Record<SmokeResult, string>> = {
  judged: 'A note has gone through the loop.',
  'no Google token': 'gcloud has no identity token for this account, so no note was sent through the loop.',
  'no own token':
    'The doors ask for a token of your issuer: they are shut, as they should be, and no note was sent through the loop.\n' +
    'To send one, put a token into the variable LOOP_TOKEN, and run npm run deploy -- smoke.',
};

async function tryOut(project: Project, site: Site, context: ActionContext): Promise<void> {
  context.print(smokeResults[await smoke(project, site, context.smoke ?? usualSmoke)]);
}

async function takeDown(
  project: Project,
  site: Site,
  { deleteData, yes }: Options,
  { print, ask }: ActionContext,
): Promise<void> {
  const { PROJECT_ID } = site.settings;
  const what = deleteData
    ? 'the loop AND ALL ITS DATA'
    : 'the loop, but not database, models, password and dead letters,';
  print(
    'Messages that no function has processed yet go with the subscriptions' +
      (deleteData ? '.' : ': the topics keep them for seven days, as docs/operations.md says.'),
  );
  if (
    !yes &&
    (await ask(`This removes ${what} from ${PROJECT_ID}. Type the project's id to go on: `)) !== PROJECT_ID
  ) {
    return print('Nothing has been removed.');
  }
  const failures = await down(project, planOf(site), {
    deleteData,
    onRemoved: title => print(`  - ${title}`),
    onKept: (title, reason) => print(`    ${title} stays: ${reason}`),
  });
  throwAll(failures, 'The rest has been removed; run it again for these.');
}

async function rollBack(
  project: Project,
  site: Site,
  { function: given = '' }: Options,
  print: (line: string) => void,
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
  print(`${name}: ${previous} answers instead of ${serving}, until the next deployment of ${name}.`);
}

/** Runs a tool, and says what it has written, which Cloud Logging knows a little later. */
async function runInNetwork(
  project: Project,
  site: Site,
  tool: readonly string[],
  { print, clock = systemClock }: ActionContext,
): Promise<void> {
  const command = runToolJob(site, scriptOf(tool));
  const failure = await project.run(command).then(
    () => undefined,
    (error: unknown) => error,
  );
  const deadline = clock.now() + 60_000;
  let written = '';
  while (written === '' && clock.now() < deadline) {
    await clock.wait(3_000);
    written = (await project.output(outputCommand)) ?? '';
  }
  print(written || 'It has written nothing yet: see npm run deploy -- logs.');
  if (failure) throw failure;
}

async function show(
  project: Project,
  commands: readonly Command[],
  print: (line: string) => void,
): Promise<void> {
  for (const command of commands) print((await project.run(command)).stdout.trimEnd());
}

function throwAll(failures: readonly Error[], then: string): void {
  if (failures.length > 0) throw new Error([...failures.map(({ message }) => message), then].join('\n\n'));
}
