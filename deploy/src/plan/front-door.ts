import type { HttpFunction } from '@banknote-loop/shared/http';
import { gcloud, reading } from '../command.ts';
import { argumentOf, builtAs, guardsDoor, type Site } from '../site.ts';
import { type CloudResource, type Grant, isDescribedOurs, resource, type Step } from '../step.ts';
import { backendName, urlMapConfig } from './url-map.ts';

// One origin for page and APIs: a load balancer with a certificate, in front of both HTTP functions, that counts the
// requests of each caller, and lets only those in who are named, if any are (Identity-Aware Proxy).

const compute = ['compute'] as const;
const global = '--global';

/** All of it, one after the other; nothing without a domain. */
export function frontDoor(site: Site): readonly Step[] {
  const { DOMAIN } = site.settings;
  if (!DOMAIN) return [];
  const functions = site.functions.filter(one => one.kind === 'http');
  return [
    policy(site),
    limit(site),
    ...functions.flatMap(one => [group(site, one), backend(site, one), ...guard(site, one)]),
    urlMap(site),
    address(site),
    certificate(site, DOMAIN),
    proxy(site),
    forwarding(site),
  ];
}

function describe(noun: string, name: string, ...flags: readonly string[]) {
  return gcloud(...compute, noun, 'describe', name, ...flags, '--format=json');
}

function policy(site: Site): CloudResource {
  const noun = 'security-policies';
  return resource({
    title: 'rules of the front door',
    look: describe(noun, site.names.service),
    create: [
      gcloud(...compute, noun, 'create', site.names.service, `--description=${site.names.description}`),
    ],
    change: [],
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
        'rateLimitOptions.rateLimitThreshold': { count: perMinute, intervalSec: 60 },
      },
    },
    create: [gcloud(...compute, ...noun, 'create', ...rule, ...flags)],
    change: [gcloud(...compute, ...noun, 'update', ...rule, ...flags)],
  });
}

/** The function as a load balancer sees it. */
function group(site: Site, definition: HttpFunction): CloudResource {
  const { settings } = site;
  const noun = 'network-endpoint-groups';
  const region = `--region=${settings.REGION}`;
  const place = [backendName(site.names, builtAs(site, definition).entry), region];
  return resource({
    title: `way from the front door to ${definition.name}`,
    look: describe(noun, backendName(site.names, builtAs(site, definition).entry), region),
    fixed: { 'cloudRun.service': definition.name },
    create: [
      gcloud(
        ...[...compute, noun, 'create', ...place, '--network-endpoint-type=serverless'],
        `--cloud-run-service=${definition.name}`,
      ),
    ],
    change: [],
    remove: [gcloud(...compute, noun, 'delete', ...place)],
  });
}

function backend(site: Site, definition: HttpFunction): CloudResource {
  const { PROJECT_ID, REGION } = site.settings;
  const noun = [...compute, 'backend-services'];
  const name = backendName(site.names, builtAs(site, definition).entry);
  const isGuarded = guardsDoor(site.settings);
  const update = gcloud(
    ...[...noun, 'update', name, global, `--security-policy=${site.names.service}`],
    `--iap=${isGuarded ? 'enabled' : 'disabled'}`,
  );
  const add = gcloud(
    ...[...noun, 'add-backend', name, global, `--network-endpoint-group=${name}`],
    `--network-endpoint-group-region=${REGION}`,
  );
  const root = `projects/${PROJECT_ID}`;
  return resource({
    title: `front door of ${definition.name}`,
    look: describe('backend-services', name, global),
    wants: {
      kind: 'fields',
      fields: {
        backends: [{ group: `${root}/regions/${REGION}/networkEndpointGroups/${name}` }],
        securityPolicy: `${root}/global/securityPolicies/${site.names.service}`,
        'iap.enabled': isGuarded,
      },
    },
    create: [
      gcloud(
        ...[...noun, 'create', name, global, '--load-balancing-scheme=EXTERNAL_MANAGED'],
        `--description=${site.names.description}`,
      ),
      add,
      update,
    ],
    // It is there without its backend where its making was cut off.
    change: found => (Reflect.has(Object(found), 'backends') ? [update] : [add, update]),
    remove: [gcloud(...noun, 'delete', name, global)],
    ours: isDescribedOurs(site),
  });
}

/** Who may come in. */
function guard(site: Site, definition: HttpFunction): readonly Grant[] {
  const { settings } = site;
  if (!guardsDoor(settings)) return [];
  return [
    {
      kind: 'grant',
      title: `who may pass the front door of ${definition.name}`,
      noun: ['iap', 'web'],
      name: `--service=${backendName(site.names, builtAs(site, definition).entry)}`,
      flags: ['--resource-type=backend-services'],
      role: 'roles/iap.httpsResourceAccessor',
      members: settings.DOOR_MEMBERS,
      exact: true,
    },
  ];
}

function urlMap(site: Site): CloudResource {
  const { settings } = site;
  const { PROJECT_ID } = settings;
  const { defaultService, hostRules, pathMatchers } = urlMapConfig(site.names, PROJECT_ID);
  const told = reading(
    { name: 'url-map', args: [PROJECT_ID, ...argumentOf(settings)] },
    gcloud(...compute, 'url-maps', 'import', site.names.service, global),
  );
  return resource({
    title: 'what goes where behind the front door',
    look: describe('url-maps', site.names.service, global),
    wants: { kind: 'fields', fields: { defaultService, hostRules, pathMatchers } },
    create: [told],
    remove: [gcloud(...compute, 'url-maps', 'delete', site.names.service, global)],
    ours: isDescribedOurs(site),
  });
}

function address(site: Site): CloudResource {
  return resource({
    title: `address ${site.names.door} of the front door`,
    look: describe('addresses', site.names.door, global),
    create: [
      gcloud(
        ...compute,
        'addresses',
        'create',
        site.names.door,
        `--description=${site.names.description}`,
        global,
      ),
    ],
    change: [],
    remove: [gcloud(...compute, 'addresses', 'delete', site.names.door, global)],
    ours: isDescribedOurs(site),
  });
}

/** Google makes the certificate once the domain points to the address. Another domain takes another one. */
function certificate(site: Site, domain: string): CloudResource {
  const noun = [...compute, 'ssl-certificates'];
  const name = certificateName(site, domain);
  return resource({
    title: `certificate of ${domain}`,
    look: describe('ssl-certificates', name, global),
    fixed: { 'managed.domains': [domain] },
    create: [
      gcloud(
        ...noun,
        'create',
        name,
        `--domains=${domain}`,
        `--description=${site.names.description}`,
        global,
      ),
    ],
    change: [],
    remove: [gcloud(...noun, 'delete', name, global)],
    ours: isDescribedOurs(site),
  });
}

function certificateName(site: Site, domain: string): string {
  return `${site.names.service}-${domain.replaceAll('.', '-')}`.slice(0, 63);
}

function proxy(site: Site): CloudResource {
  const { settings } = site;
  const { PROJECT_ID, DOMAIN = '' } = settings;
  const noun = [...compute, 'target-https-proxies'];
  const root = `projects/${PROJECT_ID}/global`;
  const flags = [
    `--url-map=${site.names.service}`,
    `--ssl-certificates=${certificateName(site, DOMAIN)}`,
    global,
  ];
  return resource({
    title: 'the front door speaks TLS',
    look: describe('target-https-proxies', site.names.service, global),
    wants: {
      kind: 'fields',
      fields: {
        urlMap: `${root}/urlMaps/${site.names.service}`,
        sslCertificates: [`${root}/sslCertificates/${certificateName(site, DOMAIN)}`],
      },
    },
    create: [gcloud(...noun, 'create', site.names.service, ...flags)],
    change: [gcloud(...noun, 'update', site.names.service, ...flags)],
    remove: [gcloud(...noun, 'delete', site.names.service, global)],
  });
}

function forwarding(site: Site): CloudResource {
  const { settings } = site;
  const noun = [...compute, 'forwarding-rules'];
  const root = `projects/${settings.PROJECT_ID}/global`;
  const create = gcloud(
    ...[...noun, 'create', site.names.service, global, `--target-https-proxy=${site.names.service}`],
    ...[`--address=${site.names.door}`, '--ports=443', '--load-balancing-scheme=EXTERNAL_MANAGED'],
  );
  const remove = gcloud(...noun, 'delete', site.names.service, global);
  return resource({
    title: 'the front door is open',
    look: describe('forwarding-rules', site.names.service, global),
    fixed: { target: `${root}/targetHttpsProxies/${site.names.service}`, portRange: '443-443' },
    create: [create],
    change: [],
    remake: [remove, create],
    remove: [remove],
  });
}
