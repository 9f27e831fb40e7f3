import { readTopology } from '../../../functions/topology.ts';
import type { Gcloud } from '../gcloud.ts';
import { lookupsOf } from '../lookups.ts';
import { type Clock, Project } from '../project.ts';
import { parseSettings } from '../settings.ts';
import { makeSite, type Site } from '../site.ts';
import { SimulatedProject } from './simulated-project.ts';

export const projectId = 'test-project';

const required = (region: string): string => `
PROJECT_ID: ${projectId}
REGION: ${region}
BUCKET: test-project-models
`;

/** The real functions, with settings in which everything has to be made, unless more is said. */
export async function testSite(more = '', region = 'europe-west1'): Promise<Site> {
  const functions = await readTopology();
  return makeSite({
    settings: parseSettings(`${required(region)}${more}`, 'test.yaml'),
    functions,
    artefacts: new Map([...functions.map(({ name }) => name), 'tools'].map(name => [name, 'first'])),
  });
}

/** An empty project, and a clock that moves on whenever something waits for it. */
export function simulation(more: { readonly withoutNetwork?: boolean; readonly address?: string } = {}) {
  const clock = countingClock();
  return { clock, cloud: new SimulatedProject({ projectId, now: clock.now, ...more }) };
}

/** What was made in it: neither APIs nor the agents of Google's services go again, nor do these agents' roles. */
export function contents({ state }: SimulatedProject): unknown {
  const resources = Object.entries(state.resources).filter(([key]) => !/^(services|agents) /.test(key));
  const policies = Object.entries(state.policies).map(([key, { bindings }]) => {
    const ours = bindings.filter(({ role }) => !role.endsWith('.serviceAgent'));
    return [key, ours] as const;
  });
  return {
    resources: Object.fromEntries(resources),
    policies: Object.fromEntries(policies.filter(([, bindings]) => bindings.length > 0)),
  };
}

/** Waits in no time, but counts. */
export function countingClock(): Clock & { waitedMs: number } {
  const clock = {
    maxWaitMs: 600_000,
    waitedMs: 0,
    now: () => clock.waitedMs,
    async wait(ms: number): Promise<void> {
      clock.waitedMs += ms;
    },
  };
  return clock;
}

export function testProject(site: Site, gcloud: Gcloud, clock: Clock = countingClock()): Project {
  return new Project({ projectId, gcloud, lookups: lookupsOf(site), clock, print: () => {} });
}
