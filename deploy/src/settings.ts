import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keepSettings } from '@banknote-loop/shared/expiry';
import { messagingSettings, SettingsError } from '@banknote-loop/shared/resources';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { loopOf, namesOf } from './names.ts';

// What `env-vars.yaml` says. Variables that the functions themselves know are passed on to those that use them, and
// are checked by the functions' own schemas; the rest says what the deployment makes.

const text = z.string().min(1);

/** Settings of before have their numbers in quotes. */
const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    value => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.int().min(least).max(most),
  );
const count = whole(1);
const port = whole(1, 65_535);
const regionForm = /^[a-z]+-[a-z]+\d+$/;

/** A name that goes into SQL as it is. */
const sqlName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, 'small letters, digits and "_", and no digit first');
const member = z
  .string()
  .regex(
    /^(allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain|principal|principalSet):\S+)$/,
    'a member looks like group:tellers@example.com',
  );

/** What a function may get other than its definition says. */
const overrides = z.strictObject({
  memory: z.templateLiteral([z.int(), 'Mi']).optional(),
  cpu: count.optional(),
  concurrency: whole(1, 1000).optional(),
  minInstances: whole(0).default(0),
  maxInstances: count.optional(),
  timeoutSeconds: whole(1, 540).optional(),
});

/** What settings are where nobody says otherwise: the least that serves, or what a business can rely on. */
const profiles = {
  small: {
    DB_TIER: 'db-g1-small',
    DB_AVAILABILITY: 'zonal',
    DB_MAX_CONNECTIONS: 60,
    DBPOOL: 2,
    REDIS_TIER: 'basic',
    MAX_INSTANCES: 2,
    TRIAL_MINUTES: 0,
  },
  production: {
    DB_TIER: 'db-custom-2-7680',
    DB_AVAILABILITY: 'regional',
    DB_MAX_CONNECTIONS: 400,
    DBPOOL: 4,
    REDIS_TIER: 'standard',
    MAX_INSTANCES: 1000,
    TRIAL_MINUTES: 10,
  },
} as const;

const deploySettings = z.object({
  /** Which table's loop it is. */
  DATA_SET: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'the name of a data set')
    .default('banknotes'),
  /** Whose loop it is where several of one data set share a project, such as staging; left out, the one and only. */
  ENVIRONMENT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,11}$/, 'small letters, digits and "-", twelve at most, such as staging')
    .optional(),
  PROFILE: z.enum(['small', 'production']).default('small'),
  PROJECT_ID: z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'a project id, not a name or number'),
  REGION: z.string().regex(regionForm, 'a region such as europe-west1'),
  BUCKET: z.string().regex(/^[a-z0-9][a-z0-9_.-]{1,55}[a-z0-9]$/, 'a bucket name of at most 57 characters'),

  /** For so many minutes a new revision gets a small share of the requests; 0 gives it all of them at once. */
  TRIAL_MINUTES: whole(0, 120),
  DEPLOY_AS: z.enum(['source', 'images']).default('source'),

  NETWORK: text.optional(),
  SUBNET_RANGE: z.cidrv4(),
  VPC_CONNECTOR: text.optional(),
  VPC_CONNECTOR_RANGE: z.cidrv4(),

  REDISHOST: text.optional(),
  REDISPORT: port.default(6379),
  REDIS_TIER: z.enum(['basic', 'standard']),
  REDIS_SIZE_GB: count.default(1),

  DBHOST: text
    .refine(host => !host.startsWith('/'), 'an address: functions reach the database through the network')
    .optional(),
  DBPORT: port.default(5432),
  DBNAME: sqlName.refine(
    name => !/^(postgres|template[01]|cloudsqladmin)$/.test(name),
    "one of the server's own: choose another",
  ),
  DBUSER: sqlName
    .refine(
      name => name !== 'ml_readwrite',
      'the group that has the rights: choose a name for the user who is a member of it, banknote_loop say',
    )
    .refine(name => !/^(postgres$|pg_|cloudsql)/.test(name), "one of the server's own: choose another"),
  DBPOOL: count,
  /** Whether each function logs in as a user of its own, or all as DBUSER. */
  DB_USERS: z.enum(['each', 'one']).optional(),
  /** The instance that has taken the place of the one of the loop's name: one that was restored, or promoted. */
  DB_INSTANCE: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,80}[a-z0-9]$/, 'the name of an instance of Cloud SQL')
    .optional(),
  /** Where a copy of the database follows it, ready to take over. */
  STANDBY_REGION: z.string().regex(regionForm, 'a region such as europe-west4').optional(),
  /** Where the bucket is, if not in REGION: several regions, such as EU, outlive one of them. */
  BUCKET_LOCATION: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'a location such as EU, EUR4 or europe-west1')
    .optional(),
  DB_TIER: text,
  DB_AVAILABILITY: z.enum(['zonal', 'regional']),
  DB_MAX_CONNECTIONS: whole(20),

  INVOKERS: z.array(member).default([]),
  /** Says that anybody on the internet may do everything: `allUsers` without tokens means that. */
  ANYBODY_MAY_CALL: z.boolean().default(false),
  DOMAIN: z
    .string()
    .regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a domain such as notes.example.com')
    .optional(),
  DOOR_MEMBERS: z.array(member).default([]),
  DOOR_REQUESTS_PER_MINUTE: whole(1, 1_000_000).default(600),
  ALERT_EMAILS: z.array(z.email()).default([]),
  MAX_INSTANCES: count,
  MIN_MEMORY: z.templateLiteral([z.int(), 'Mi']).default('512Mi'),
  FUNCTIONS: z.record(z.string(), overrides).default({}),
  GITHUB_REPOSITORY: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'OWNER/REPOSITORY')
    .optional(),
  LOG_LEVEL: messagingSettings.shape.LOG_LEVEL,
  ...keepSettings.shape,
});

export interface Settings extends z.output<typeof deploySettings> {
  /** Variables for the functions that the deployment itself does not know. */
  readonly passedOn: Readonly<Record<string, string>>;
}

/** Reads a settings file; the error is one line that names everything that is wrong in it. */
export function readSettingsFile(path: string): Settings {
  return parseSettings(readFileSync(path, 'utf8'), path);
}

export function parseSettings(yaml: string, from: string): Settings {
  const given = withoutBlanks(parseYaml(yaml, from));
  const profile = given.PROFILE === 'production' ? profiles.production : profiles.small;
  const parsed = deploySettings.safeParse({ ...profile, ...usualOf(given), ...given });
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')} (${message})`);
    throw new SettingsError(`${from} is not complete: ${wrong.join('; ')}. See env-vars.example.yaml.`);
  }
  const base = { ...parsed.data, BUCKET: bucketOf(parsed.data) };
  const settings = { ...base, passedOn: withPage(passedOn(parseYaml(yaml, from)), base) };
  requireSignIn(settings, from);
  refuseKeys(settings, from);
  requireEncryption(settings, from);
  requireTwoPlaces(settings, from);
  return settings;
}

const everybody = ['allUsers', 'allAuthenticatedUsers'];

/** Everybody may call only if a token is asked for, or if somebody says that this is meant. */
function requireSignIn({ INVOKERS, ANYBODY_MAY_CALL, passedOn }: Settings, from: string): void {
  const half = Object.keys(passedOn).filter(name => /^AUTH_(?!JWKS_URL$)/.test(name));
  if (half.length > 0 && !passedOn.AUTH_JWKS_URL) {
    throw new SettingsError(
      `${from} sets ${half.join(', ')} without AUTH_JWKS_URL: nobody would be asked to sign in.`,
    );
  }
  const open = INVOKERS.find(one => everybody.includes(one));
  if (open === undefined || ANYBODY_MAY_CALL || passedOn.AUTH_JWKS_URL) return;
  throw new SettingsError(
    `${from} has ${open} in INVOKERS and asks nobody to sign in: anybody could decide which model answers. Set AUTH_JWKS_URL, ` +
      'AUTH_ISSUER and AUTH_AUDIENCE, or say ANYBODY_MAY_CALL: true.',
  );
}

/** Where people sign in, the page is at the front door, unless somebody has put another one before it. */
function withPage(
  given: Readonly<Record<string, string>>,
  { DOMAIN }: { readonly DOMAIN?: string | undefined },
): Readonly<Record<string, string>> {
  return given.AUTH_CLIENT_ID && DOMAIN ? { AUTH_PAGE_URL: `https://${DOMAIN}`, ...given } : given;
}

/** Whoever may look at a function sees its variables, and the laptop's files are not where it runs: these are in secrets. */
function refuseKeys(settings: Settings, from: string): void {
  const { passedOn } = settings;
  const { modelKeys, messageKeys } = namesOf(loopOf(settings));
  const inSecrets: Readonly<Record<string, string>> = {
    AUTH_CLIENT_SECRET: 'put it into a secret, and the name of that into AUTH_CLIENT_SECRET_NAME',
    MODEL_KEYS: `put the keys into the secret ${modelKeys}`,
    MESSAGE_KEYS: `put the keys into the secret ${messageKeys}`,
    REDIS_PASSWORD: 'name a secret that holds it in REDIS_SECRET',
    REDIS_CACERT: 'name a secret that holds the certificates in REDIS_CA_SECRET',
    PGSSLROOTCERT: 'name a secret that holds the certificates in DB_CA_SECRET',
  };
  const [name] = Object.keys(inSecrets).filter(one => passedOn[one]);
  if (name === undefined) return;
  throw new SettingsError(
    `${from} has ${name}, which is for the laptop: ${inSecrets[name]} instead (docs/operations.md).`,
  );
}

/** The servers that the deployment makes refuse whoever does not encrypt. */
function requireEncryption({ DBHOST, REDISHOST, passedOn }: Settings, from: string): void {
  const isOpen = (name: string, host: string | undefined) =>
    host === undefined && passedOn[name] === 'disable';
  const [name] = [
    ...(isOpen('PGSSLMODE', DBHOST) ? ['PGSSLMODE'] : []),
    ...(isOpen('REDIS_TLS', REDISHOST) ? ['REDIS_TLS'] : []),
  ];
  if (name === undefined) return;
  throw new SettingsError(`${from} has ${name}: disable, and what is made takes encrypted connections only.`);
}

/** A copy of the database is of no use where everything else is lost with the region. */
function requireTwoPlaces(settings: Settings, from: string): void {
  const { STANDBY_REGION, REGION, BUCKET_LOCATION = REGION, DBHOST } = settings;
  if (STANDBY_REGION === undefined) return;
  if (DBHOST)
    throw new SettingsError(`${from} has STANDBY_REGION and DBHOST: a database of yours you copy yourself.`);
  if (STANDBY_REGION === REGION || BUCKET_LOCATION.toLowerCase() === REGION)
    throw new SettingsError(
      `${from} has STANDBY_REGION: it must be another region than REGION, and BUCKET_LOCATION must be more than ${REGION}, such as EU.`,
    );
}

/** What must differ between the loops of one project, where nobody says otherwise. */
function usualOf({ DATA_SET, ENVIRONMENT }: Readonly<Record<string, unknown>>) {
  const name = loopOf({
    DATA_SET: typeof DATA_SET === 'string' ? DATA_SET : 'banknotes',
    ENVIRONMENT: typeof ENVIRONMENT === 'string' ? ENVIRONMENT : undefined,
  });
  const { database, databaseUser } = namesOf(name);
  const place = name === 'banknotes' ? 0 : ((createHash('sha256').update(name).digest()[0] ?? 0) % 255) + 1;
  return {
    DBNAME: database,
    DBUSER: databaseUser,
    SUBNET_RANGE: place === 0 ? '10.9.0.0/26' : `10.9.${place}.0/26`,
    VPC_CONNECTOR_RANGE: place === 0 ? '10.8.0.0/28' : `10.8.${place}.0/28`,
  };
}

/** The name of a bucket carries its loop's, too: so two settings files that name the same one do not meet in it. */
function bucketOf({ BUCKET, ...loop }: Pick<Settings, 'BUCKET' | 'DATA_SET' | 'ENVIRONMENT'>): string {
  const slug = namesOf(loopOf(loop)).prefix.replace(/-$/, '');
  return BUCKET.includes(slug) ? BUCKET : `${BUCKET.slice(0, longestBucket - slug.length - 1)}-${slug}`;
}

/** With the ending of the bucket for the set-up it has 63 characters at most. */
const longestBucket = 57;

const document = z.record(z.string(), z.json());

function parseYaml(yaml: string, from: string): Readonly<Record<string, unknown>> {
  try {
    return document.parse(parse(yaml));
  } catch (error) {
    const why =
      error instanceof YAMLParseError ? error.message.split('\n')[0] : 'it is no list of NAME: value';
    throw new SettingsError(`${from} cannot be read: ${why}`);
  }
}

/** A variable set to nothing is one that was not filled in. */
function withoutBlanks(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '' && value !== null));
}

function passedOn(given: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(withoutBlanks(given))
      .filter(([name]) => !(name in deploySettings.shape))
      .map(([name, value]) => [name, String(value)]),
  );
}
