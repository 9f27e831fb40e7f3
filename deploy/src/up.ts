import { walk } from './chains.ts';
import type { Command } from './command.ts';
import type { Stage } from './plan.ts';
import type { Project } from './project.ts';
import { compareResource, judgeGrant } from './resource-state.ts';
import { type CloudResource, type Grant, giveCommand, type Step, takeCommand } from './step.ts';
import { tryLatest } from './trial.ts';

export interface StepLog {
  stage(title: string): void;
  /** What became of a step. */
  step(mark: 'is' | 'made' | 'changed', title: string): void;
}

/** Makes what is missing and mends what differs; what is right is left alone. Answers the failures. */
export function up(project: Project, plan: readonly Stage[], report: StepLog): Promise<readonly Error[]> {
  const visit = async (step: Step): Promise<void> => {
    const mark = step.kind === 'resource' ? await ensure(project, step) : await grant(project, step);
    report.step(mark, step.title);
  };
  return walk(plan, visit, { onStage: title => report.stage(title), stopAtFailure: true });
}

async function ensure(project: Project, step: CloudResource): Promise<'is' | 'made' | 'changed'> {
  const { found, faults, fixedFaults } = await compareResource(project, step);
  if (faults.length === 0) return 'is';
  const commands = mending(step, found, fixedFaults.length > 0);
  if (commands.length === 0)
    throw new Error(`${step.title}: ${faults.join('; ')}. This has to be put right by hand.`);
  const why = step.trial && (await tryLatest(project, step.trial, found));
  if (why) throw new Error(`${step.title}: ${why}.`);
  for (const command of commands) await project.run(command);
  return found === undefined ? 'made' : 'changed';
}

function mending(
  { create, change, remake }: CloudResource,
  found: unknown,
  isFixed: boolean,
): readonly Command[] {
  // What comes with something else, which is there, comes again only with that.
  if (found === undefined) return create.length > 0 ? create : remake;
  if (isFixed) return remake;
  return typeof change === 'function' ? change(found) : change;
}

async function grant(project: Project, step: Grant): Promise<'is' | 'changed'> {
  const members = await judgeGrant(project, step);
  if (!members) throw new Error(`${step.title}: ${step.name} is not there.`);
  const { missing, surplus } = members;
  for (const member of missing) await project.run(giveCommand(step, member));
  for (const member of surplus) await project.run(takeCommand(step, member));
  return missing.length + surplus.length > 0 ? 'changed' : 'is';
}
