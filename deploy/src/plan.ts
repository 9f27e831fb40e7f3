import { uuidFromName } from '@banknote-loop/shared/base';
import { topics } from '@banknote-loop/shared/contract';
import { gcloud } from './command.ts';
import { database } from './plan/database.ts';
import { accounts, bucket, enableServices, messaging, secret } from './plan/foundations.ts';
import { forwardsDeadLetters, functionSteps, runtimeIsOffered } from './plan/functions.ts';
import { alerts, dashboard, logMetrics } from './plan/monitoring.ts';
import { connector, redis } from './plan/network.ts';
import { builderGrant, functionGrants } from './plan/rights.ts';
import type { Site } from './site.ts';
import { anyEntry, type Step, type Thing, thing } from './step.ts';

/** Steps that need those of the stages before. Within a stage, each chain is done in its order, and all at the same time. */
export interface Stage {
  readonly title: string;
  readonly chains: readonly (readonly Step[])[];
}

/** Everything that makes a project turn the loop, in order: what all commands of the deployment are derived from. */
export function planOf(site: Site): readonly Stage[] {
  const { BUCKET } = site.settings;
  return [
    { title: 'Preparing the project', chains: [[enableServices(site), runtimeIsOffered(site)]] },
    {
      title: 'Accounts, topics, secret and bucket',
      chains: [...accounts(site).map(one => [one]), ...messaging(), secret(site), [bucket(site, BUCKET)]],
    },
    {
      title: 'Rights, network, Redis and database',
      chains: [
        // One after the other, since several change the same policy.
        [builderGrant(site), ...functionGrants(site), forwardsDeadLetters],
        connector(site),
        redis(site),
        database(site),
        logMetrics(),
      ],
    },
    { title: 'Functions', chains: site.functions.map(definition => functionSteps(site, definition)) },
    { title: 'First model, dashboard and alerts', chains: [[firstModel(site)], [dashboard(), ...alerts()]] },
  ];
}

/** A loop without a model answers nothing. Nobody's rating changes by this message, so it can be sent again. */
function firstModel({ settings }: Site): Thing {
  const name = 'first model';
  const job = { batch_id: uuidFromName(name), subjects: [name], ratings: [null] };
  return thing({
    title: 'a first model',
    look: gcloud('storage', 'objects', 'list', `gs://${settings.BUCKET}`, '--limit=1', '--format=json'),
    wants: anyEntry,
    create: [gcloud('pubsub', 'topics', 'publish', topics.job.name, `--message=${JSON.stringify(job)}`)],
  });
}
