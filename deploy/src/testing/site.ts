import { readTopology } from '../../../functions/topology.ts';
import type { Gcloud } from '../gcloud.ts';
import { lookupsOf } from '../lookups.ts';
import { type Patience, Project } from '../project.ts';
import { parseSettings } from '../settings.ts';
import type { Site } from '../site.ts';

export const projectId = 'test-project';

const required = `
PROJECT_ID: ${projectId}
REGION: europe-west1
BUCKET: test-project-models
`;

/** The real functions, with settings in which everything has to be made, unless more is said. */
export async function testSite(more = ''): Promise<Site> {
  const functions = await readTopology();
  return {
    settings: parseSettings(`${required}${more}`, 'test.yaml'),
    functions,
    artefacts: new Map(functions.map(({ name }) => [name, 'first'])),
  };
}

/** Waits in no time, but counts. */
export function countingPatience(): Patience & { waitedMs: number } {
  const patience = {
    maxWaitMs: 60_000,
    waitedMs: 0,
    async wait(ms: number): Promise<void> {
      patience.waitedMs += ms;
    },
  };
  return patience;
}

export function testProject(site: Site, gcloud: Gcloud, patience: Patience = countingPatience()): Project {
  return new Project({ projectId, gcloud, lookups: lookupsOf(site), patience, say: () => {} });
}
