import { gcloud } from '../command.ts';
import { type Site, sqlInstance } from '../site.ts';
import { type CloudResource, labelOf, resource } from '../step.ts';
import { networkPath } from './network.ts';

export function standbyName(site: Pick<Site, 'settings' | 'names'>): string {
  return `${sqlInstance(site)}-standby`;
}

/** A copy of the database in another region, which follows it until somebody promotes it. */
export function standby(site: Site): readonly CloudResource[] {
  const { settings } = site;
  const { STANDBY_REGION: region, DB_TIER, PROJECT_ID } = settings;
  if (region === undefined) return [];
  const noun = ['sql', 'instances'];
  const primary = sqlInstance(site);
  const name = standbyName(site);
  return [
    resource({
      title: `Cloud SQL ${name}, which follows ${primary}`,
      look: gcloud(...noun, 'describe', name, '--format=json'),
      wants: {
        kind: 'fields',
        fields: { 'settings.tier': DB_TIER, 'settings.ipConfiguration.ipv4Enabled': false },
      },
      // Once it has been promoted it follows nobody, and nothing but a person may make it anew.
      fixed: { region, masterInstanceName: `${PROJECT_ID}:${primary}` },
      create: [
        gcloud(
          ...['beta', ...noun, 'create', name, `--master-instance-name=${primary}`, `--region=${region}`],
          ...[`--tier=${DB_TIER}`, '--availability-type=zonal', '--edition=enterprise'],
          ...[`--network=${networkPath(settings)}`, '--no-assign-ip', `--labels=${labelOf(site)}`],
        ),
      ],
      change: [gcloud(...noun, 'patch', name, `--tier=${DB_TIER}`, '--no-assign-ip')],
      remove: [gcloud(...noun, 'delete', name)],
      holdsData: true,
      ours: { kind: 'fields', fields: { 'settings.userLabels.made-by': site.names.mark } },
    }),
  ];
}
