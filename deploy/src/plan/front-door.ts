import { gcloud, reading } from '../command.ts';
import { argumentOf, type Site } from '../site.ts';
import { type CloudResource, isDescribedOurs, resource, type Step } from '../step.ts';
import { behindDoor } from './door-backends.ts';
import { doorRules } from './door-rules.ts';
import { urlMapConfig } from './url-map.ts';

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
    ...doorRules(site),
    ...functions.flatMap(one => behindDoor(site, one)),
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

function urlMap(site: Site): CloudResource {
  const { settings } = site;
  const { PROJECT_ID } = settings;
  const { defaultService, hostRules, pathMatchers } = urlMapConfig(site.names, PROJECT_ID);
  const imported = reading(
    { name: 'url-map', args: [PROJECT_ID, ...argumentOf(settings)] },
    gcloud(...compute, 'url-maps', 'import', site.names.service, global),
  );
  return resource({
    title: 'what goes where behind the front door',
    look: describe('url-maps', site.names.service, global),
    wants: { kind: 'fields', fields: { defaultService, hostRules, pathMatchers } },
    create: [imported],
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
    wants: {
      kind: 'fields',
      fields: {},
      like: {
        'managed.status': {
          form: /^(PROVISIONING|ACTIVE)$/,
          said: `ACTIVE, which Google tries as long as ${domain} leads to the address of the front door`,
        },
      },
    },
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
    fixed: {
      target: `${root}/targetHttpsProxies/${site.names.service}`,
      portRange: '443-443',
      IPAddress: `\${DOOR_ADDRESS}`,
    },
    create: [create],
    change: [],
    remake: [remove, create],
    remove: [remove],
  });
}
