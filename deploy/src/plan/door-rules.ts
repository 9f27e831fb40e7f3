import { gcloud } from '../command.ts';
import type { Site } from '../site.ts';
import { type CloudResource, isDescribedOurs, resource } from '../step.ts';

// Cloud Armor: who may ask how often.

const compute = ['compute'] as const;

export function doorRules(site: Site): readonly CloudResource[] {
  return [policy(site), limit(site)];
}

/** Google makes it with each policy. */
const lastRule = 2_147_483_647;

function policy(site: Site): CloudResource {
  const noun = 'security-policies';
  return resource({
    title: 'rules of the front door',
    look: gcloud(...compute, noun, 'describe', site.names.service, '--format=json'),
    // Whom no rule speaks of comes in. People may have added rules of theirs.
    wants: { kind: 'entry', path: 'rules', fields: { priority: lastRule, action: 'allow' } },
    create: [
      gcloud(...compute, noun, 'create', site.names.service, `--description=${site.names.description}`),
    ],
    change: [
      gcloud(
        ...[...compute, noun, 'rules', 'update', String(lastRule)],
        ...[`--security-policy=${site.names.service}`, '--action=allow'],
      ),
    ],
    remove: [gcloud(...compute, noun, 'delete', site.names.service)],
    ours: isDescribedOurs(site),
  });
}

function limit(site: Site): CloudResource {
  const { settings } = site;
  const perMinute = settings.DOOR_REQUESTS_PER_MINUTE;
  const noun = ['security-policies', 'rules'];
  const rule = ['1000', `--security-policy=${site.names.service}`];
  const flags = [
    ...[
      '--action=throttle',
      `--rate-limit-threshold-count=${perMinute}`,
      '--rate-limit-threshold-interval-sec=60',
    ],
    ...['--conform-action=allow', '--exceed-action=deny-429', '--enforce-on-key=IP', '--src-ip-ranges=*'],
    // In a preview a rule counts, and lets everybody through.
    '--no-preview',
  ];
  return resource({
    title: `${perMinute} requests a minute from an address`,
    look: gcloud(...compute, ...noun, 'describe', ...rule, '--format=json'),
    // A rule is described as the only one of a list.
    inList: true,
    wants: {
      kind: 'fields',
      fields: {
        action: 'throttle',
        preview: false,
        'match.config.srcIpRanges': ['*'],
        rateLimitOptions: {
          conformAction: 'allow',
          exceedAction: 'deny(429)',
          enforceOnKey: 'IP',
          rateLimitThreshold: { count: perMinute, intervalSec: 60 },
        },
      },
    },
    create: [gcloud(...compute, ...noun, 'create', ...rule, ...flags)],
    change: [gcloud(...compute, ...noun, 'update', ...rule, ...flags)],
  });
}
