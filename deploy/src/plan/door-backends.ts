import type { HttpFunction } from '@banknote-loop/shared/http';
import { z } from 'zod';
import { gcloud } from '../command.ts';
import { builtAs, guardsDoor, type Site } from '../site.ts';
import { type CloudResource, type Grant, isDescribedOurs, resource, type Step } from '../step.ts';
import { backendName } from './url-map.ts';

// What is behind the front door, in whichever region it is, and who may come in.

const compute = ['compute'] as const;
const global = '--global';

export function behindDoor(site: Site, definition: HttpFunction): readonly Step[] {
  return [group(site, definition), backend(site, definition), ...guard(site, definition)];
}

function describe(noun: string, name: string, place: string) {
  return gcloud(...compute, noun, 'describe', name, place, '--format=json');
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
    // What one is answered is nobody else's business.
    ...[`--iap=${isGuarded ? 'enabled' : 'disabled'}`, '--no-enable-cdn'],
  );
  const lead = (verb: string, region: string) =>
    gcloud(
      ...[...noun, verb, name, global, `--network-endpoint-group=${name}`],
      `--network-endpoint-group-region=${region}`,
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
        enableCDN: false,
      },
    },
    create: [
      gcloud(
        ...[...noun, 'create', name, global, '--load-balancing-scheme=EXTERNAL_MANAGED'],
        `--description=${site.names.description}`,
      ),
      lead('add-backend', REGION),
      update,
    ],
    // Another region leads in before the former one ends; there is none where its making was cut off.
    change: found => {
      const regions = regionsOf(found);
      const add = regions.includes(REGION) ? [] : [lead('add-backend', REGION)];
      const former = regions.filter(region => region !== REGION);
      return [...add, update, ...former.map(region => lead('remove-backend', region))];
    },
    remove: [gcloud(...noun, 'delete', name, global)],
    ours: isDescribedOurs(site),
  });
}

const backends = z.object({ backends: z.array(z.object({ group: z.string() })).default([]) });

/** The regions to which the door leads. */
function regionsOf(found: unknown): readonly string[] {
  return backends.parse(found).backends.map(({ group }) => /\/regions\/([^/]+)\//.exec(group)?.[1] ?? '');
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
