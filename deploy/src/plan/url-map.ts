import { names } from '../site.ts';
import { ourDescription } from '../step.ts';

// Which function answers which paths, as a load balancer is told.

/** The function that takes notes in; the other one answers everything else. */
const notesTo = 'ingest-api';
const restTo = 'predict-api';

/** A function, as the load balancer calls it. */
export function backendName(name: string): string {
  return `${names.service}-${name}`;
}

/** What the load balancer is told of the paths, read from standard input. */
export function urlMapConfig(projectId: string) {
  const serviceOf = (name: string): string =>
    `https://www.googleapis.com/compute/v1/projects/${projectId}/global/backendServices/${backendName(name)}`;
  return {
    name: names.service,
    description: ourDescription,
    defaultService: serviceOf(restTo),
    hostRules: [{ hosts: ['*'], pathMatcher: 'all' }],
    pathMatchers: [
      {
        name: 'all',
        defaultService: serviceOf(restTo),
        pathRules: [{ paths: ['/notes'], service: serviceOf(notesTo) }],
      },
    ],
  };
}
