import { type Command, dictionary, gcloud, reading } from '../command.ts';
import { versionName } from '../lookups.ts';
import { type Site, sqlInstance } from '../site.ts';
import { type CloudResource, resource, type Step } from '../step.ts';
import { usableSecret } from './storage.ts';

// Connections to the servers that the deployment makes are encrypted, and Redis asks for a password. What functions need
// for that the servers know, and it goes from there into secrets, which say of which server that is: another one has another
// authority and another password.

/** The certificates of the authority of the database, which has one of its own. */
export function databaseAuthority(site: Site): readonly Step[] {
  const describe = gcloud(
    'sql',
    'instances',
    'describe',
    sqlInstance(site),
    '--format=value(serverCaCert.cert)',
  );
  return serverSecret({
    name: site.names.databaseCa,
    what: 'the authority of the database',
    of: 'SQL_CA',
    by: describe,
  });
}

/** And of Redis, with its password. */
export function redisAccess(site: Site): readonly Step[] {
  const region = `--region=${site.settings.REGION}`;
  const instance = [site.names.service, region];
  const password = gcloud('redis', 'instances', 'get-auth-string', ...instance, '--format=value(authString)');
  const authorities = gcloud(
    'redis',
    'instances',
    'describe',
    ...instance,
    '--format=value(serverCaCerts[].cert)',
  );
  const of = 'REDIS_CREATED';
  return [
    ...serverSecret({ name: site.names.redisSecret, what: 'the password of Redis', of, by: password }),
    ...serverSecret({ name: site.names.redisCa, what: 'the authority of Redis', of, by: authorities }),
  ];
}

/**
 * The database refuses whoever does not encrypt. That is said last: until functions know how, those of before go on as they
 * did.
 */
export function onlyEncrypted(site: Site): readonly Step[] {
  if (site.settings.DBHOST) return [];
  const noun = ['sql', 'instances'];
  return [
    resource({
      title: 'connections to the database are encrypted',
      look: gcloud(...noun, 'describe', sqlInstance(site), '--format=json'),
      wants: { kind: 'fields', fields: { 'settings.ipConfiguration.sslMode': encryptedOnly } },
      create: [],
      change: [gcloud(...noun, 'patch', sqlInstance(site), `--ssl-mode=${encryptedOnly}`)],
    }),
  ];
}

export const encryptedOnly = 'ENCRYPTED_ONLY';

interface ServerSecret {
  /** Of the secret. */
  readonly name: string;
  readonly what: string;
  /** What tells this server from another one, as a value that can be looked up. */
  readonly of: string;
  /** The command that gives it. */
  readonly by: Command;
}

/** What a server says of itself, in its secret, which also remembers the version that was made of it. */
function serverSecret({ name, what, of, by }: ServerSecret): readonly CloudResource[] {
  const told = { of: `of-\${${of}}`, version: `at-\${${versionName(name)}}` };
  const tell = [
    reading(
      { name: 'as-told', args: [], from: by },
      gcloud('secrets', 'versions', 'add', name, '--data-file=-'),
    ),
    gcloud('secrets', 'update', name, `--update-labels=${dictionary(told)}`),
  ];
  return [
    resource({
      title: `${what} in the secret ${name}`,
      look: gcloud('secrets', 'describe', name, '--format=json'),
      wants: { kind: 'fields', fields: { 'labels.of': told.of, 'labels.version': told.version } },
      create: [],
      change: tell,
    }),
    usableSecret(`the secret ${name} can be read`, name, { create: [], again: tell }),
  ];
}
