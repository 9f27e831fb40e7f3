import { faultsOf, membersOf } from './faults.ts';
import type { Project } from './project.ts';
import { type CloudResource, type FieldValue, type Grant, lookOf, type Wants } from './step.ts';

/** How a resource is: not there, there but not as it should be, or right. */
export interface ResourceState {
  /** What is there, if anything. */
  readonly found: unknown;
  readonly faults: readonly string[];
  /** Those that only remaking it can mend. */
  readonly fixedFaults: readonly string[];
  readonly isOurs: boolean;
}

export async function compareResource(
  project: Project,
  { look, wants, fixed, inList, ours }: CloudResource,
): Promise<ResourceState> {
  const answer = await project.find(look);
  const found = inList && Array.isArray(answer) ? answer[0] : answer;
  if (found === undefined) {
    return { found, faults: ['it is not there'], fixedFaults: [], isOurs: false };
  }
  const faultsBy = async (wanted: Wants) => faultsOf(found, await filled(project, wanted));
  const fixedFaults = await faultsBy({ kind: 'fields', fields: fixed });
  return {
    found,
    faults: [...fixedFaults, ...(await faultsBy(wants))],
    fixedFaults,
    isOurs: (await faultsBy(ours)).length === 0,
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
  if (wants.kind === 'bound') return { ...wants, member: await project.fillText(wants.member) };
  if (wants.kind === 'none else') {
    const fill = (members: readonly string[]) => Promise.all(members.map(one => project.fillText(one)));
    const grants = wants.grants.map(async one => ({ ...one, members: await fill(one.members) }));
    return { ...wants, grants: await Promise.all(grants), members: await fill(wants.members) };
  }
  if (wants.kind === 'listed') {
    return { ...wants, values: await Promise.all(wants.values.map(one => project.fillText(one))) };
  }
  const fields = await Promise.all(
    Object.entries(wants.fields).map(
      async ([path, value]) => [path, await fillJson(project, value)] as const,
    ),
  );
  return { ...wants, fields: Object.fromEntries(fields) };
}

async function fillJson(project: Project, value: FieldValue): Promise<FieldValue> {
  if (typeof value === 'string') return project.fillText(value);
  if (typeof value !== 'object') return value;
  if (isList(value)) return Promise.all(value.map(one => fillJson(project, one)));
  const entries = Object.entries(value).map(
    async ([name, one]) => [name, await fillJson(project, one)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function isList(value: FieldValue): value is readonly FieldValue[] {
  return Array.isArray(value);
}
