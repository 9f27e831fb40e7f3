import { gcloud } from '../command.ts';
import { names, type Site } from '../site.ts';
import { isLabelledOurs, ourLabel, type Step, thing } from '../step.ts';

/** The way of the functions into the network in which Redis and the database are. */
export function connector({ settings }: Site): readonly Step[] {
  if (settings.VPC_CONNECTOR) return [];
  const { NETWORK, VPC_CONNECTOR_RANGE } = settings;
  const noun = ['compute', 'networks', 'vpc-access', 'connectors'];
  const region = `--region=${settings.REGION}`;
  return [
    thing({
      title: `VPC connector ${names.service}`,
      look: gcloud(...noun, 'describe', names.service, region, '--format=json'),
      wants: { kind: 'fields', fields: { state: 'READY' } },
      create: [
        gcloud(
          ...[
            ...noun,
            'create',
            names.service,
            region,
            `--network=${NETWORK}`,
            `--range=${VPC_CONNECTOR_RANGE}`,
          ],
          ...['--machine-type=e2-micro', '--min-instances=2', '--max-instances=3'],
        ),
      ],
      change: [],
      remove: [gcloud(...noun, 'delete', names.service, region)],
    }),
  ];
}

/** The connector as functions name it. */
export function connectorName({ settings }: Site): string {
  const { PROJECT_ID, REGION, VPC_CONNECTOR } = settings;
  const name = VPC_CONNECTOR ?? names.service;
  return name.includes('/') ? name : `projects/${PROJECT_ID}/locations/${REGION}/connectors/${name}`;
}

/** Memorystore for Redis. It is only a copy of what the database knows, so it may be deleted. */
export function redis({ settings }: Site): readonly Step[] {
  if (settings.REDISHOST) return [];
  const { PROJECT_ID, NETWORK, REGION, REDIS_SIZE_GB, REDIS_TIER } = settings;
  const noun = ['redis', 'instances'];
  const region = `--region=${REGION}`;
  const size = `--size=${REDIS_SIZE_GB}`;
  return [
    thing({
      title: `Memorystore ${names.service}`,
      look: gcloud(...noun, 'describe', names.service, region, '--format=json'),
      wants: { kind: 'fields', fields: { memorySizeGb: REDIS_SIZE_GB } },
      create: [
        gcloud(
          ...[...noun, 'create', names.service, region, size, `--tier=${REDIS_TIER}`],
          ...['--redis-version=redis_7_2', '--connect-mode=direct-peering'],
          ...[`--network=projects/${PROJECT_ID}/global/networks/${NETWORK}`, `--labels=${ourLabel}`],
        ),
      ],
      change: [gcloud(...noun, 'update', names.service, region, size)],
      remove: [gcloud(...noun, 'delete', names.service, region)],
      ours: isLabelledOurs,
    }),
  ];
}
