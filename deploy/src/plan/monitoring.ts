import type { Lookups } from '../command.ts';
import { type Command, gcloud, reading } from '../command.ts';
import { type Alert, alertPolicy, alerts as allAlerts } from '../dashboards/alerts.ts';
import { dashboard as dashboardConfig } from '../dashboards/dashboard.ts';
import { at, listOf } from '../faults.ts';
import type { Names } from '../names.ts';
import { argumentOf, type Site } from '../site.ts';
import { type CloudResource, resource } from '../step.ts';

// What Cloud Monitoring measures, shows and warns of. Each command reads its configuration from standard input.

const dashboards = ['monitoring', 'dashboards'] as const;
const policies = ['alpha', 'monitoring', 'policies'] as const;

/** The dashboard stays as people have arranged it: it is made, and never overwritten. */
export function dashboard({ settings }: Site): CloudResource {
  return resource({
    title: 'the dashboard',
    look: gcloud(...dashboards, 'describe', `\${${dashboardName}}`, '--format=json'),
    create: [
      reading(
        { name: 'dashboard', args: argumentOf(settings) },
        gcloud(...dashboards, 'create', '--config-from-file=-'),
      ),
    ],
    remove: [gcloud(...dashboards, 'delete', `\${${dashboardName}}`)],
  });
}

/** Whom to call, by e-mail; people may add others. */
export function channels({ settings, names }: Site): readonly CloudResource[] {
  return settings.ALERT_EMAILS.map(email => {
    const displayName = channelTitle(names, email);
    const name = `\${${channelName(settings.ALERT_EMAILS, email)}}`;
    return resource({
      title: `e-mail to ${email}`,
      look: gcloud(...channelNoun, 'list', `--filter=displayName="${displayName}"`, '--format=json'),
      inList: true,
      wants: { kind: 'fields', fields: { enabled: true } },
      fixed: { 'labels.email_address': email },
      create: [
        gcloud(
          ...[...channelNoun, 'create', `--display-name=${displayName}`, '--type=email'],
          ...[`--channel-labels=email_address=${email}`, `--user-labels=app=${names.mark}`],
        ),
      ],
      change: [gcloud(...channelNoun, 'update', name, '--enabled')],
      remove: [gcloud(...channelNoun, 'delete', name, '--force')],
      ours: { kind: 'fields', fields: { 'userLabels.app': names.mark } },
    });
  });
}

const channelNoun = ['beta', 'monitoring', 'channels'] as const;

function channelTitle(names: Names, email: string): string {
  return `${names.title}: ${email}`;
}

function channelName(emails: readonly string[], email: string): string {
  return `CHANNEL_${emails.indexOf(email) + 1}`;
}

export function alerts(site: Site): readonly CloudResource[] {
  const { settings } = site;
  return allAlerts.flatMap(alert => [policy(site, alert), ...recipients(settings.ALERT_EMAILS, alert)]);
}

/** An alert that reaches nobody is none. */
function recipients(emails: readonly string[], alert: Alert): readonly CloudResource[] {
  if (emails.length === 0) return [];
  const name = `\${${variableOf(alert)}}`;
  const values = emails.map(email => `\${${channelName(emails, email)}}`);
  return [
    resource({
      title: `who hears of "${alert.name}"`,
      look: gcloud(...policies, 'describe', name, '--format=json'),
      wants: { kind: 'listed', in: 'notificationChannels', path: '', values },
      create: [gcloud(...policies, 'update', name, `--add-notification-channels=${values.join(',')}`)],
    }),
  ];
}

function policy({ settings, names }: Site, alert: Alert): CloudResource {
  const { displayName, documentation, severity, combiner, conditions } = alertPolicy(names, alert);
  const name = `\${${variableOf(alert)}}`;
  const withPolicy = (command: Command): Command =>
    reading({ name: 'alert', args: [alert.name, ...argumentOf(settings)] }, command);
  const from = '--policy-from-file=-';
  return resource({
    title: `alert "${displayName}"`,
    look: gcloud(...policies, 'describe', name, '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        'documentation.content': documentation.content,
        severity,
        combiner,
        conditions,
        enabled: true,
      },
    },
    create: [withPolicy(gcloud(...policies, 'create', from))],
    // A policy is replaced as a whole; whom to call is set by people, and stays.
    change: found => {
      const channels = listOf(at(found, 'notificationChannels')).map(String);
      const keep = channels.length > 0 ? [`--set-notification-channels=${channels.join(',')}`] : [];
      return [withPolicy(gcloud(...policies, 'update', name, from, ...keep))];
    },
    remove: [gcloud(...policies, 'delete', name)],
    ours: { kind: 'fields', fields: { 'userLabels.app': names.mark } },
  });
}

/** Google gives dashboards and policies their names; ours are known by the titles that we gave them. */
export function monitoringLookups({ settings: { ALERT_EMAILS }, names }: Site): Lookups {
  return {
    ...Object.fromEntries(
      ALERT_EMAILS.map(email => [
        channelName(ALERT_EMAILS, email),
        nameByTitle(channelNoun, { displayName: channelTitle(names, email) }),
      ]),
    ),
    [dashboardName]: nameByTitle(dashboards, dashboardConfig(names)),
    ...Object.fromEntries(
      allAlerts.map(alert => [variableOf(alert), nameByTitle(policies, alertPolicy(names, alert))]),
    ),
  };
}

const dashboardName = 'DASHBOARD';

function variableOf({ name }: Alert): string {
  return `ALERT_${name.toUpperCase().replaceAll(' ', '_')}`;
}

function nameByTitle(noun: readonly string[], { displayName }: { readonly displayName: string }): Command {
  // Somebody may have copied one.
  return gcloud(
    ...noun,
    'list',
    `--filter=displayName="${displayName}"`,
    '--limit=1',
    '--format=value(name)',
  );
}
