import { reversed, walk } from './chains.ts';
import type { Stage } from './plan.ts';
import type { Project } from './project.ts';
import { compareResource, judgeGrant } from './resource-state.ts';
import { type CloudResource, type Step, takeCommand } from './step.ts';

export interface DownOptions {
  readonly deleteData: boolean;
  readonly onRemoved: (title: string) => void;
  /** Told of what is there and stays, and why. */
  readonly onKept: (title: string, reason: string) => void;
}

/** Takes away what `up` made, from the last step to the first. Answers the failures; what is left can be tried again. */
export function down(
  project: Project,
  plan: readonly Stage[],
  options: DownOptions,
): Promise<readonly Error[]> {
  const visit = async (step: Step): Promise<void> => {
    if (step.kind === 'resource') return remove(project, step, options);
    const members = await judgeGrant(project, step);
    for (const member of members?.present ?? []) await project.run(takeCommand(step, member));
  };
  return walk(reversed(plan), visit, { stopAtFailure: false });
}

async function remove(project: Project, step: CloudResource, options: DownOptions): Promise<void> {
  if (step.remove.length === 0) return;
  const { found, isOurs } = await compareResource(project, step);
  if (found === undefined) return;
  if (!isOurs) return options.onKept(step.title, 'it was not made by this deployment');
  if (step.holdsData && !options.deleteData) return options.onKept(step.title, 'it holds data');
  for (const command of step.remove) await project.run(command);
  options.onRemoved(step.title);
}
