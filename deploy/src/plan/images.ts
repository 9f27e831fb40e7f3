import type { AnyFunction } from '@banknote-loop/shared/http';
import { gcloud } from '../command.ts';
import { at } from '../faults.ts';
import { artefactOf, builtAs, emailOf, type Site } from '../site.ts';
import { type CloudResource, isLabelledOurs, labelOf, resource } from '../step.ts';

// Containers, each built once, and named by a hash of what is in it.

const artifacts = ['artifacts', 'repositories'];

/** Where the images are. They can be built again from the source, so it goes with the loop. */
export function imageRepository(site: Site): CloudResource {
  const { settings } = site;
  const place = [site.names.service, `--location=${settings.REGION}`];
  return resource({
    title: `repository ${site.names.service} for images`,
    look: gcloud(...artifacts, 'describe', ...place, '--format=json'),
    // The name of an image is that of its content for good, and nothing takes away what may have to answer again.
    wants: {
      kind: 'fields',
      fields: { 'dockerConfig.immutableTags': true },
      only: ['cleanupPolicies'],
    },
    fixed: { format: 'DOCKER' },
    create: [
      gcloud(
        ...[...artifacts, 'create', ...place, '--repository-format=docker', '--immutable-tags'],
        `--labels=${labelOf(site)}`,
      ),
    ],
    change: found => {
      const policies = Object.keys(Object(at(found, 'cleanupPolicies')));
      const named = `--policynames=${policies.join(',')}`;
      return [
        gcloud(...artifacts, 'update', ...place, '--immutable-tags'),
        ...(policies.length > 0 ? [gcloud(...artifacts, 'delete-cleanup-policies', ...place, named)] : []),
      ];
    },
    remove: [gcloud(...artifacts, 'delete', ...place)],
    ours: isLabelledOurs(site),
  });
}

/** The name of the image that is made of what has now been built. */
export function imageOf(site: Site, name: string): string {
  const { PROJECT_ID, REGION } = site.settings;
  return `${REGION}-docker.pkg.dev/${PROJECT_ID}/${site.names.service}/${name}:${artefactOf(site, name)}`;
}

/** A function, made into an image by the buildpacks that Google itself uses for functions. */
export function functionImage(site: Site, definition: AnyFunction): CloudResource {
  const { entry, folder } = builtAs(site, definition);
  return image(site, definition.name, folder, 'function', [`_FUNCTION=${entry}`]);
}

/** The repository with everything that `npm run` can do. */
export function toolsImage(site: Site): CloudResource {
  return image(site, site.names.tools, '.', 'tools', []);
}

function image(
  site: Site,
  name: string,
  source: string,
  config: string,
  more: readonly string[],
): CloudResource {
  const { PROJECT_ID, REGION } = site.settings;
  const path = imageOf(site, name);
  return resource({
    title: `image ${name}`,
    look: gcloud('artifacts', 'docker', 'images', 'describe', path, '--format=json'),
    create: [
      gcloud(
        ...['builds', 'submit', source, `--config=deploy/images/${config}.yaml`, `--region=${REGION}`],
        `--substitutions=${[`_IMAGE=${path}`, ...more].join(',')}`,
        `--service-account=projects/${PROJECT_ID}/serviceAccounts/${emailOf(site, site.names.builder)}`,
      ),
    ],
    change: [],
  });
}
