import { gcloud } from '../command.ts';
import { asImages, type Site, sqlInstance } from '../site.ts';
import { type CloudResource, resource } from '../step.ts';
import { standbyName } from './standby.ts';

// When a region is lost: the copy of the database in the other one is promoted, and the loop is made around it.

/** Whether there is a region that can take over; says why not. */
export function requireStandby({ settings }: Site): string {
  const { STANDBY_REGION, VPC_CONNECTOR } = settings;
  if (STANDBY_REGION === undefined)
    throw new Error('No region can take over: STANDBY_REGION is not set (docs/scale.md).');
  if (VPC_CONNECTOR)
    throw new Error(
      `VPC_CONNECTOR ${VPC_CONNECTOR} is in ${settings.REGION}: promote the copy by hand, and deploy with settings that name one in ${STANDBY_REGION}.`,
    );
  return STANDBY_REGION;
}

/** The same loop, in the region that takes over. Of ranges in the network it takes the next ones: the first region may come back. */
export function takenOver(site: Site): Site {
  const { STANDBY_REGION: _, ...settings } = site.settings;
  return {
    ...site,
    settings: {
      ...settings,
      REGION: requireStandby(site),
      DB_INSTANCE: standbyName(site),
      SUBNET_RANGE: nextRange(settings.SUBNET_RANGE),
      VPC_CONNECTOR_RANGE: nextRange(settings.VPC_CONNECTOR_RANGE),
    },
  };
}

/** What a settings file has to say from then on. */
export function settingsAfter(there: Site): readonly string[] {
  const { REGION, SUBNET_RANGE, VPC_CONNECTOR_RANGE } = there.settings;
  return [
    `REGION: ${REGION}`,
    `DB_INSTANCE: ${sqlInstance(there)}`,
    asImages(there) ? `SUBNET_RANGE: ${SUBNET_RANGE}` : `VPC_CONNECTOR_RANGE: ${VPC_CONNECTOR_RANGE}`,
  ];
}

/** The copy becomes a database of its own, which cannot be undone. */
export function promotion(site: Site): CloudResource {
  const noun = ['sql', 'instances'];
  const name = standbyName(site);
  return resource({
    title: `Cloud SQL ${name} follows nobody any more`,
    look: gcloud(...noun, 'describe', name, '--format=json'),
    wants: { kind: 'fields', fields: { masterInstanceName: '' } },
    create: [],
    change: [gcloud(...noun, 'promote-replica', name)],
  });
}

/** The range after one of the same size. */
function nextRange(range: string): string {
  const [address = '', bits = ''] = range.split('/');
  const start = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const next = start + 2 ** (32 - Number(bits));
  const parts = [24, 16, 8, 0].map(shift => Math.floor(next / 2 ** shift) % 256);
  return `${parts.join('.')}/${bits}`;
}
