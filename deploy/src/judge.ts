import { faultsOf, membersOf } from './faults.ts';
import type { Project } from './project.ts';
import { type Grant, lookOf, type Thing, type Wants } from './step.ts';

/** How a thing is: not there, there but not as it should be, or right. */
export interface Judgement {
  readonly found: boolean;
  readonly faults: readonly string[];
  readonly isOurs: boolean;
}

export async function judge(project: Project, { look, wants, ours }: Thing): Promise<Judgement> {
  const found = await project.find(look);
  if (found === undefined) return { found: false, faults: ['it is not there'], isOurs: false };
  return {
    found: true,
    faults: faultsOf(found, await filled(project, wants)),
    isOurs: faultsOf(found, ours).length === 0,
  };
}

/** Who has a right and who lacks it, or undefined while there is nothing to have a right on. */
export async function judgeGrant(project: Project, grant: Grant) {
  const policy = await project.find(lookOf(grant));
  if (policy === undefined) return undefined;
  return membersOf(policy, {
    ...grant,
    members: await Promise.all(grant.members.map(one => project.fillText(one))),
  });
}

async function filled(project: Project, wants: Wants): Promise<Wants> {
  if (wants.kind !== 'fields') return wants;
  const fields = await Promise.all(
    Object.entries(wants.fields).map(async ([path, value]) => [
      path,
      typeof value === 'string' ? await project.fillText(value) : value,
    ]),
  );
  return { ...wants, fields: Object.fromEntries(fields) };
}
