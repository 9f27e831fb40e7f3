import { type Command, gcloud } from './command.ts';
import type { Site } from './site.ts';

// What a person looks at: commands whose output is shown as it is.

/** The newest log lines, of one function or of all. */
export function logCommands({ functions }: Site, name: string | undefined): readonly Command[] {
  const services = functions
    .filter(definition => name === undefined || definition.name === name)
    .map(definition => `"${definition.name}"`);
  return [
    gcloud(
      ...['logging', 'read'],
      `resource.type="cloud_run_revision" AND resource.labels.service_name=(${services.join(' OR ')})`,
      ...['--limit=100', '--freshness=1d'],
      '--format=value(timestamp,severity,resource.labels.service_name,jsonPayload.message,jsonPayload.outcome,jsonPayload.correlation_id,jsonPayload.reason,textPayload)',
    ),
  ];
}

/** The functions, and what they run on. */
export function statusCommands(site: Site): readonly Command[] {
  const { settings } = site;
  const door = gcloud(
    ...['compute', 'addresses', 'list', `--filter=name=${site.names.door}`, '--format=table(name,address)'],
  );
  return [
    gcloud(
      ...['run', 'services', 'list', `--region=${settings.REGION}`],
      '--filter=metadata.labels.made-by=banknote-loop',
      '--format=table(metadata.name,status.conditions[0].status,status.latestReadyRevisionName,status.url)',
    ),
    ...(settings.DOMAIN ? [door] : []),
    gcloud(
      ...['redis', 'instances', 'list', `--region=${settings.REGION}`],
      '--format=table(name.basename(),state,memorySizeGb,host)',
    ),
    gcloud(
      ...['sql', 'instances', 'list', '--format=table(name,state,settings.tier,ipAddresses[0].ipAddress)'],
    ),
  ];
}
