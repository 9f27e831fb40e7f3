import type { AnyFunction } from '@banknote-loop/shared/http';
import { type Command, gcloud, type Lookups } from './command.ts';
import { servingName } from './lookups.ts';
import type { Site } from './site.ts';

/** What a rollback of a function has to know: which revision answers, and which is the newest one before it. */
export function rollbackLookups({ settings }: Site, name: string): Lookups {
  const region = `--region=${settings.REGION}`;
  return {
    SERVING: gcloud(
      ...['run', 'services', 'describe', name, region],
      '--format=value(status.traffic[0].revisionName)',
    ),
    SINCE: gcloud(
      ...['run', 'revisions', 'describe', `\${SERVING}`, region],
      '--format=value(metadata.creationTimestamp)',
    ),
    PREVIOUS: gcloud(
      ...['run', 'revisions', 'list', `--service=${name}`, region],
      `--filter=metadata.creationTimestamp<"\${SINCE}" AND status.conditions[0].status=True`,
      ...['--sort-by=~metadata.creationTimestamp', '--limit=1', '--format=value(metadata.name)'],
    ),
  };
}

/** Sends all requests to the revision before the one that answers now, until the next deployment. */
export function rollbackCommand({ settings }: Site, name: string) {
  return gcloud(
    ...['run', 'services', 'update-traffic', name, `--region=${settings.REGION}`],
    `--to-revisions=\${PREVIOUS}=100`,
  );
}

/** Lets the revision that answers go on doing so whatever is deployed. */
export function pinCommand({ settings }: Site, definition: AnyFunction): Command {
  return gcloud(
    ...['run', 'services', 'update-traffic', definition.name, `--region=${settings.REGION}`],
    `--to-revisions=\${${servingName(definition)}}=100`,
  );
}
