import { type Command, gcloud, type InputName, reading } from '../command.ts';
import { at } from '../faults.ts';
import { passwordSecret } from '../names.ts';
import { type Site, withOwnUser } from '../site.ts';
import { type CloudResource, isLabelledOurs, labelOf, resource, type Step } from '../step.ts';

interface BucketNeeds {
  readonly name: string;
  /** Whether what is overwritten or deleted is kept for a while. */
  readonly keepsOld: boolean;
}

/** For so long Google keeps what is deleted, unless somebody says otherwise. */
const softDeleteSeconds = 604_800;

/**
 * A bucket that only those see into to whom it is granted. gcloud cannot label it as it makes it: one whose making was
 * cut off in between counts as somebody else's, so that `down` never empties a bucket that was there before.
 */
export function bucket(site: Site, { name, keepsOld }: BucketNeeds): CloudResource {
  const { settings } = site;
  const url = `gs://${name}`;
  const doors = ['--uniform-bucket-level-access', '--public-access-prevention'];
  const update = [
    ...['storage', 'buckets', 'update', url, ...doors],
    ...(keepsOld
      ? ['--versioning', `--soft-delete-duration=${softDeleteSeconds}s`]
      : ['--no-versioning', '--clear-soft-delete']),
    // What has its time is said by the settings, and whoever reads pays nothing.
    ...['--clear-lifecycle', '--clear-retention-period', '--no-requester-pays'],
  ];
  const { BUCKET_LOCATION: location = settings.REGION } = settings;
  return resource({
    title: `bucket ${name}`,
    look: gcloud('storage', 'buckets', 'describe', url, '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        uniform_bucket_level_access: true,
        versioning_enabled: keepsOld,
        public_access_prevention: 'enforced',
        'soft_delete_policy.retentionDurationSeconds': keepsOld ? softDeleteSeconds : 0,
        requester_pays: false,
      },
      only: ['lifecycle_config', 'retention_policy'],
    },
    fixed: { location: location.toUpperCase() },
    create: [
      gcloud('storage', 'buckets', 'create', url, `--location=${location}`, ...doors),
      gcloud(...update, `--update-labels=${labelOf(site)}`),
    ],
    change: [gcloud(...update)],
    remove: [gcloud('storage', 'rm', url, '--recursive')],
    holdsData: true,
    ours: isLabelledOurs(site),
  });
}

/** A password that nobody has seen. An existing database has its own: it is put in by hand. */
export function databasePassword(site: Site): readonly Step[] {
  const makesDatabase = site.settings.DBHOST === undefined;
  return secret(site, site.names.secret, 'a password', makesDatabase ? 'new-password' : undefined);
}

/** One for each function that logs in to the database. */
export function functionPasswords(site: Site): readonly (readonly Step[])[] {
  const makesDatabase = site.settings.DBHOST === undefined;
  return withOwnUser(site).map(({ name }) =>
    secret(site, passwordSecret(site.names, name), 'a password', makesDatabase ? 'new-password' : undefined),
  );
}

/** What signs models, so that nobody who can only write to the bucket makes a model that answers. */
export function modelKeys(site: Site): readonly Step[] {
  return secret(site, site.names.modelKeys, 'a key', 'new-key');
}

/** What signs ratings, so that nobody who can only publish rates as somebody else. */
export function messageKeys(site: Site): readonly Step[] {
  return secret(site, site.names.messageKeys, 'a key', 'new-key');
}

/** Empty as yet: what is to be in them the servers know, once they are there. */
export function secretsOfServers(site: Site): readonly CloudResource[] {
  const { settings, names } = site;
  const ofDatabase = settings.DBHOST ? [] : [names.databaseCa];
  const ofRedis = settings.REDISHOST ? [] : [names.redisSecret, names.redisCa];
  return [...ofDatabase, ...ofRedis].map(name => emptySecret(site, name));
}

function emptySecret(site: Site, name: string): CloudResource {
  return resource({
    title: `secret ${name}`,
    look: gcloud('secrets', 'describe', name, '--format=json'),
    create: [
      gcloud('secrets', 'create', name, '--replication-policy=automatic', `--labels=${labelOf(site)}`),
    ],
    change: [],
    remove: [gcloud('secrets', 'delete', name)],
    holdsData: true,
    ours: isLabelledOurs(site),
  });
}

/** A secret, and what is in it unless somebody has put something in. */
function secret(site: Site, name: string, what: string, content: InputName | undefined): readonly Step[] {
  const add = content
    ? [reading({ name: content, args: [] }, gcloud('secrets', 'versions', 'add', name, '--data-file=-'))]
    : [];
  return [
    emptySecret(site, name),
    usableSecret(`${what} in the secret ${name}`, name, { create: add, again: add }),
  ];
}

/** Whoever reads a secret asks for its newest version, which must not be disabled or destroyed, whatever older ones are. */
export function usableSecret(
  title: string,
  name: string,
  { create, again }: { readonly create: readonly Command[]; readonly again: readonly Command[] },
): CloudResource {
  return resource({
    title,
    look: gcloud('secrets', 'versions', 'describe', 'latest', `--secret=${name}`, '--format=json'),
    wants: { kind: 'fields', fields: { state: 'ENABLED' } },
    create,
    change: found => {
      const version = String(at(found, 'name')).split('/').at(-1) ?? '';
      const isDisabled = at(found, 'state') === 'DISABLED';
      return isDisabled ? [gcloud('secrets', 'versions', 'enable', version, `--secret=${name}`)] : again;
    },
  });
}
