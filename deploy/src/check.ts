import { walk } from './chains.ts';
import type { Stage } from './plan.ts';
import type { Project } from './project.ts';
import { compareResource, judgeGrant } from './resource-state.ts';
import type { Step } from './step.ts';

/** Compares what is there with what should be, changing nothing: a sentence for each difference. */
export async function check(project: Project, plan: readonly Stage[]): Promise<readonly string[]> {
  const found: string[] = [];
  const failures = await walk(plan, async step => void found.push(...(await differences(project, step))), {
    stopAtFailure: false,
  });
  return [...found, ...failures.map(({ message }) => message)];
}

async function differences(project: Project, step: Step): Promise<readonly string[]> {
  if (step.kind === 'resource') {
    const { faults } = await compareResource(project, step);
    return faults.map(fault => `${step.title}: ${fault}`);
  }
  const members = await judgeGrant(project, step);
  if (!members) return [`${step.title}: ${step.name} is not there`];
  return [
    ...members.missing.map(member => `${step.title}: ${member} lacks ${step.role}`),
    ...members.surplus.map(member => `${step.title}: ${member} has ${step.role}, and should not`),
  ];
}
