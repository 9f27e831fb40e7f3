import type { Names } from '../names.ts';

// Which function answers which paths, as a load balancer is told.

/** The function that takes notes in; the other one answers everything else. */
const notesTo = 'ingest-api';
const restTo = 'predict-api';

/** A function, as the load balancer calls it. */
export function backendName({ service }: Pick<Names, 'service'>, name: string): string {
  return `${service}-${name}`;
}

/** What the load balancer is told of the paths, read from standard input. */
export function urlMapConfig(names: Names, projectId: string) {
  const serviceOf = (name: string): string =>
    `https://www.googleapis.com/compute/v1/projects/${projectId}/global/backendServices/${backendName(names, name)}`;
  return {
    name: names.service,
    description: names.description,
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
