import { gcloud } from './command.ts';
import { database } from './plan/database.ts';
import { forwardsDeadLetters } from './plan/delivery.ts';
import { deployer } from './plan/deployer.ts';
import { onlyEncrypted } from './plan/encryption.ts';
import { expiry } from './plan/expiry.ts';
import { accounts, enableServices, serviceAgents } from './plan/foundations.ts';
import { frontDoor } from './plan/front-door.ts';
import { functionSteps, runtimeIsOffered } from './plan/functions.ts';
import { imageRepository } from './plan/images.ts';
import { keptLogs, logMetrics } from './plan/logging.ts';
import { messaging } from './plan/messaging.ts';
import { alerts, channels, dashboard } from './plan/monitoring.ts';
import { network, redis, wayIn } from './plan/network.ts';
import { builderGrant, functionGrants, noneElse } from './plan/rights.ts';
import {
  bucket,
  databasePassword,
  functionPasswords,
  messageKeys,
  modelKeys,
  secretsOfServers,
} from './plan/storage.ts';
import { promotion } from './plan/take-over.ts';
import { runToolJob, tools } from './plan/tools.ts';
import type { Site } from './site.ts';
import { anyEntry, type CloudResource, resource, type Step } from './step.ts';

/** Steps that need those of the stages before. Within a stage, each chain is done in its order, and all at the same time. */
export interface Stage {
  readonly title: string;
  readonly chains: readonly (readonly Step[])[];
}

/** Everything that makes a project turn the loop, in order: what all commands of the deployment are derived from. */
export function planOf(site: Site): readonly Stage[] {
  const stages = stagesOf(site);
  // What is missing here would be missed only after a quarter of an hour.
  const first = [runtimeIsOffered(site), ...network(site)];
  const apis = enableServices(site, [...first, ...stepsOf(stages)]);
  return [{ title: 'Preparing the project', chains: [[apis, ...first]] }, ...stages];
}

/** What comes before the plan of the region that takes over. */
export function promotionStage(site: Site): Stage {
  return { title: 'Promoting the copy of the database', chains: [[promotion(site)]] };
}

/** Makes the account that may carry out the plan without being the owner. The owner does this, once. */
export function deployerPlanOf(site: Site): readonly Stage[] {
  const plan = stepsOf(planOf(site));
  const steps = deployer(site, plan);
  return [
    // Whoever logs in from outside, or builds in Cloud Build, finds all of them enabled.
    { title: 'Preparing the project', chains: [[enableServices(site, [...plan, ...steps])]] },
    { title: 'The account that deploys', chains: [steps] },
  ];
}

function stepsOf(stages: readonly Stage[]): readonly Step[] {
  return stages.flatMap(({ chains }) => chains.flat());
}

function stagesOf(site: Site): readonly Stage[] {
  const { BUCKET } = site.settings;
  const grants = [builderGrant(site), ...functionGrants(site), forwardsDeadLetters(site)];
  return [
    {
      title: 'Accounts, topics, secrets and bucket',
      chains: [
        ...accounts(site).map(one => [one]),
        ...messaging(site),
        databasePassword(site),
        ...functionPasswords(site),
        ...secretsOfServers(site).map(one => [one]),
        modelKeys(site),
        messageKeys(site),
        [imageRepository(site)],
        [bucket(site, { name: BUCKET, keepsOld: true })],
        // One after the other, since both change the same policy.
        serviceAgents(site),
      ],
    },
    {
      title: 'Rights, network, Redis and database',
      chains: [
        // One after the other, since several change the same policy.
        [...grants, ...noneElse(site, grants)],
        wayIn(site),
        redis(site),
        database(site),
        [...logMetrics(site), keptLogs(site)],
      ],
    },
    {
      title: 'Functions',
      chains: [
        [...tools(site), ...expiry(site)],
        ...site.functions.map(definition => functionSteps(site, definition)),
      ],
    },
    {
      title: 'First model, encryption, dashboard, alerts and front door',
      chains: [
        [firstModel(site)],
        onlyEncrypted(site),
        [...channels(site), dashboard(site), ...alerts(site)],
        frontDoor(site),
      ],
    },
  ];
}

/** A loop without a model answers nothing. Who asks for one signs it, which tools can: they have the keys. */
function firstModel(site: Site): CloudResource {
  const { settings } = site;
  return resource({
    title: 'a first model',
    look: gcloud('storage', 'objects', 'list', `gs://${settings.BUCKET}`, '--limit=1', '--format=json'),
    wants: anyEntry,
    create: [runToolJob(site, ['scripts/models.ts', 'train'])],
  });
}
